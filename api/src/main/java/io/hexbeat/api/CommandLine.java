package io.hexbeat.api;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words after {@code hexbeat serve}. Flags are shorthand for settings; {@code --set key=value}
 * reaches the others.
 *
 * @param help whether only the help was asked for
 * @param configFile a properties file, or null
 * @param settings what the flags said
 */
record CommandLine(boolean help, @Nullable Path configFile, Map<String, String> settings) {
  static final String HELP =
      """
      usage: hexbeat serve [options]

        --data DIR            journal and embedded PostgreSQL (default ./data)
        --config FILE         properties file; every key is in the README
        --api-port N          managers, REST, console (default 8080; 0 = any free port)
        --device-port N       phones (default 5055; 0 = any free port)
        --api-host HOST       address to listen on (default 127.0.0.1)
        --device-host HOST    address to listen on (default 127.0.0.1; 0.0.0.0 for real phones, with
                              device.tls.cert and device.tls.key, or device.plain_text=true behind a proxy)
        --tcp-port N          gateways (default 5056; 0 = any free port)
        --mqtt-port N         phones that speak MQTT (default 1883; 0 = any free port)
        --pg-uri URI          postgresql://user:password@host:port/database instead of the embedded server
        --set KEY=VALUE       any setting of the README's table; may repeat
        --help                this text

      The user admin is created at the first start, with the password in HEXBEAT_ADMIN_PASSWORD or a random one that is
      printed once. SIGTERM and Ctrl-C stop it in order; a second one ends it at once.
      Exit codes: 0 stopped as asked, 1 failed or ended at once, 2 wrong configuration.
      """;

  private static final Map<String, String> FLAGS =
      Map.of(
          "--data", "data.dir",
          "--api-port", "api.port",
          "--device-port", "device.port",
          "--api-host", "api.host",
          "--device-host", "device.host",
          "--pg-uri", "pg.uri",
          "--tcp-port", "tcp.port",
          "--mqtt-port", "mqtt.port");

  static CommandLine parse(String[] words) {
    Map<String, String> settings = new HashMap<>();
    Path configFile = null;
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (word.equals("--help") || word.equals("-h")) {
        return new CommandLine(true, null, Map.of());
      }
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String flag = equals < 0 ? word : word.substring(0, equals);
      if (!FLAGS.containsKey(flag) && !flag.equals("--config") && !flag.equals("--set")) {
        throw new ConfigException("option " + word + " does not exist; see hexbeat serve --help");
      }
      if (equals < 0 && ++i == words.length) {
        throw new ConfigException("option " + flag + " needs a value; see hexbeat serve --help");
      }
      String value = equals < 0 ? words[i] : word.substring(equals + 1);
      if (flag.equals("--config")) {
        configFile = Path.of(value);
      } else if (flag.equals("--set")) {
        int split = value.indexOf('=');
        if (split < 1) {
          throw new ConfigException("--set", value, "KEY=VALUE is allowed");
        }
        settings.put(value.substring(0, split), value.substring(split + 1));
      } else {
        settings.put(FLAGS.get(flag), value);
      }
    }
    return new CommandLine(false, configFile, settings);
  }
}
