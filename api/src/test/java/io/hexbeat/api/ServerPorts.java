package io.hexbeat.api;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a server listens, as its ready line says. */
record ServerPorts(URI api, URI device, Optional<URI> tcp, Optional<URI> mqtt) {
  private static final Pattern READY =
      Pattern.compile("hexbeat ready api=(\\S+) device=(\\S+)(?: tcp=(\\S+))?(?: mqtt=(\\S+))?");

  /** Empty if the line says something else. */
  static Optional<ServerPorts> of(String line) {
    Matcher ready = READY.matcher(line);
    return ready.matches()
        ? Optional.of(
            new ServerPorts(
                URI.create(ready.group(1)),
                URI.create(ready.group(2)),
                Optional.ofNullable(ready.group(3)).map(URI::create),
                Optional.ofNullable(ready.group(4)).map(URI::create)))
        : Optional.empty();
  }
}
