package io.hexbeat.api;

/**
 * A setting that can't be used. The message names the key, the value and what is allowed; the
 * command exits with 2.
 */
final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigException(String key, String value, String allowed) {
    super(key + "=" + value + " is not usable: " + allowed);
  }

  ConfigException(String message) {
    super(message);
  }
}
