package io.hexbeat.ingest.door;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What fuzzing begins with: messages of the apps, requests of the demo, seeds written by hand, and
 * every input that has ever shown a defect. Any thread; reads the test resources anew each time.
 * {@code fuzz/SOURCE.md} tells what lies where.
 */
final class FuzzCorpus {
  private static final String OWN_TOPIC = "owntracks/user/phone-7\n";

  private FuzzCorpus() {}

  /** The inputs of a target, by names that tell where they come from. */
  static Map<String, byte[]> of(FuzzTarget target) throws IOException {
    Map<String, byte[]> inputs = new LinkedHashMap<>();
    switch (target) {
      case ALL -> putAll(inputs);
      case JSON -> {
        inputs.putAll(of(FuzzTarget.PINGS));
        inputs.putAll(of(FuzzTarget.PUNCHES));
        inputs.putAll(of(FuzzTarget.OWNTRACKS));
        inputs.putAll(of(FuzzTarget.OVERLAND));
        putBodies(inputs, "osmand_json_messages.json", "");
      }
      case FORM -> {
        putQueries(inputs);
        putDemo(inputs, "/", "");
      }
      case OSMAND -> {
        putQueries(inputs);
        putBodies(inputs, "osmand_json_messages.json", "\n");
        putDemo(inputs, "/", "\n");
      }
      case OWNTRACKS -> putBodies(inputs, "owntracks_http_messages.json", "");
      case MQTT -> putBodies(inputs, "owntracks_http_messages.json", OWN_TOPIC);
      case OVERLAND ->
          inputs.put("overland_batch_example.json", read("overland_batch_example.json"));
      case PINGS -> putDemo(inputs, "/v1/pings", "");
      case PUNCHES -> putDemo(inputs, "/v1/punches", "");
      case NUMBER, TIME, CREDENTIAL, INFLATION, STREAM, TCP, RECORD -> {
        // Their seeds are all written by hand.
      }
    }
    putSeeds(inputs, target.label());
    putFound(inputs, target.label());
    return inputs;
  }

  /** Words that libFuzzer mixes in. */
  static Path dictionary() throws IOException {
    return path("fuzz/dictionary.txt");
  }

  private static void putAll(Map<String, byte[]> inputs) throws IOException {
    List<FuzzTarget> single = FuzzTarget.single();
    for (FuzzTarget target : single) {
      for (Map.Entry<String, byte[]> input : of(target).entrySet()) {
        byte[] chosen = new byte[input.getValue().length + 1];
        chosen[0] = (byte) single.indexOf(target);
        System.arraycopy(input.getValue(), 0, chosen, 1, chosen.length - 1);
        inputs.put(target.label() + "-" + input.getKey(), chosen);
      }
    }
  }

  private static void putQueries(Map<String, byte[]> inputs) throws IOException {
    for (JsonObject message : messages("osmand_query_messages.json")) {
      put(inputs, "osmand_query", message.getString("target").substring(2));
    }
  }

  private static void putBodies(Map<String, byte[]> inputs, String name, String before)
      throws IOException {
    for (JsonObject message : messages(name)) {
      put(inputs, name, before + message.getString("body"));
    }
  }

  private static void putDemo(Map<String, byte[]> inputs, String target, String before)
      throws IOException {
    for (JsonObject request : messages("demo_requests.json")) {
      if (request.getString("target").equals(target)) {
        put(inputs, "demo", before + request.getString("body"));
      }
    }
  }

  /** One a line: text with Java's escapes, or hexadecimal bytes with blanks. */
  private static void putSeeds(Map<String, byte[]> inputs, String label) throws IOException {
    Path text = path("fuzz/" + label + ".txt");
    if (Files.exists(text)) {
      for (String line : Files.readAllLines(text)) {
        put(inputs, "seed", line.translateEscapes());
      }
    }
    Path hex = path("fuzz/" + label + ".hex");
    if (Files.exists(hex)) {
      for (String line : Files.readAllLines(hex)) {
        byte[] bytes = HexFormat.of().parseHex(line.replace(" ", ""));
        inputs.put("seed-" + inputs.size(), bytes);
      }
    }
  }

  private static void putFound(Map<String, byte[]> inputs, String label) throws IOException {
    Path found = path("fuzz/found/" + label);
    if (Files.isDirectory(found)) {
      try (Stream<Path> files = Files.list(found)) {
        for (Path file : files.sorted().toList()) {
          inputs.put("found-" + file.getFileName(), Files.readAllBytes(file));
        }
      }
    }
  }

  private static void put(Map<String, byte[]> inputs, String source, String text) {
    inputs.put(source + "-" + inputs.size(), text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<JsonObject> messages(String name) throws IOException {
    JsonArray messages = new JsonArray(new String(read(name), StandardCharsets.UTF_8));
    return messages.stream().map(JsonObject.class::cast).toList();
  }

  private static byte[] read(String name) throws IOException {
    return Files.readAllBytes(path(name));
  }

  /** Resources lie in a folder while tests run, so that they can be listed. */
  private static Path path(String name) throws IOException {
    URL here = FuzzCorpus.class.getResource("SOURCE.md");
    if (here == null) {
      throw new IOException("no test resources on the class path");
    }
    try {
      return Path.of(here.toURI()).resolveSibling(name);
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
