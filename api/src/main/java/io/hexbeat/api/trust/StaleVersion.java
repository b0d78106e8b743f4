package io.hexbeat.api.trust;

/** An edit of a version that is no longer in force; nothing was stored. */
final class StaleVersion extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StaleVersion(long inForce) {
    super("Version " + inForce + " of the policy is in force.", null, false, false);
  }
}
