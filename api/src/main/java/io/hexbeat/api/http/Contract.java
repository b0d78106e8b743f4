package io.hexbeat.api.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The OpenAPI document: what is served, and what requests are held against. Immutable; any thread.
 * Opened once, on a worker. Beyond the standard an operation says {@code x-roles}, who may call it,
 * {@code x-scope}, how what they see is narrowed, and {@code x-plain} if it is documented here but
 * answered by a plain route. A document that leaves an operation's roles or scope open doesn't
 * open.
 */
public final class Contract {
  private static final String RESOURCE = "openapi.yaml";
  private static final String ROLES = "x-roles";
  private static final String SCOPE = "x-scope";
  private static final Set<String> SCOPES =
      Set.of("none", "own", "member", "members", "team", "teams", "alert", "visit", "all");
  private static final String PLAIN = "x-plain";
  private static final String ANYONE = "anyone";
  private static final String JSON = "application/json";

  /** The validator knows few media types; JSON by another name is checked as JSON. */
  private static final Set<String> SERVED_ONLY =
      Set.of("application/geo+json", "application/x-ndjson");

  private final Buffer document;
  private final OpenAPIContract validated;
  private final Map<String, Rules> rules;

  /** What is said of an operation beyond parameters and schemas. */
  private record Rules(Set<String> roles, Set<String> mediaTypes) {}

  private Contract(Buffer document, OpenAPIContract validated, Map<String, Rules> rules) {
    this.document = document;
    this.validated = validated;
    this.rules = rules;
  }

  /** Reads the document from the class path. */
  public static Future<Contract> open(Vertx vertx) {
    return vertx
        .executeBlocking(Contract::read)
        .compose(
            document -> {
              Map<String, Rules> rules = new HashMap<>();
              JsonObject checked = checked(document, rules);
              return OpenAPIContract.from(vertx, checked)
                  .map(contract -> new Contract(document.toBuffer(), contract, rules));
            });
  }

  /** The whole document as JSON. */
  public Buffer document() {
    return document;
  }

  OpenAPIContract validated() {
    return validated;
  }

  /** The operation, or null; {@link #methods} tells whether the path is known. */
  @Nullable Operation operation(String path, HttpMethod method) {
    return validated.findOperation(path, method);
  }

  /** The methods of a path, none if there is no such path. */
  Set<String> methods(String path) {
    Path found = validated.findPath(path);
    Set<String> methods = new TreeSet<>();
    if (found != null) {
      found.getOperations().forEach(operation -> methods.add(operation.getHttpMethod().name()));
    }
    return methods;
  }

  boolean isPublic(Operation operation) {
    return rules(operation).roles().contains(ANYONE);
  }

  boolean allows(Operation operation, String role) {
    return rules(operation).roles().contains(role);
  }

  /** The media types of an operation's body, none if it takes no body. */
  Set<String> mediaTypes(Operation operation) {
    return rules(operation).mediaTypes();
  }

  private Rules rules(Operation operation) {
    Rules found = rules.get(operation.getOperationId());
    if (found == null) {
      throw new IllegalStateException("no rules for operation " + operation.getOperationId());
    }
    return found;
  }

  private static JsonObject read() throws IOException {
    try (InputStream in = Contract.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + " is not on the class path");
      }
      Map<String, Object> yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new JsonObject(withTextKeys(yaml));
    }
  }

  private static Map<String, Object> withTextKeys(Map<?, ?> yaml) {
    Map<String, Object> json = new LinkedHashMap<>();
    yaml.forEach((key, value) -> json.put(String.valueOf(key), jsonValue(value)));
    return json;
  }

  private static @Nullable Object jsonValue(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return withTextKeys(map);
    }
    return value instanceof List<?> list ? list.stream().map(Contract::jsonValue).toList() : value;
  }

  /** The document without what the validator doesn't know; fills {@code rules} on the way. */
  private static JsonObject checked(JsonObject document, Map<String, Rules> rules) {
    JsonObject checked = document.copy();
    JsonObject paths = checked.getJsonObject("paths");
    for (String path : List.copyOf(paths.fieldNames())) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : List.copyOf(item.fieldNames())) {
        if (method.equals("parameters")) {
          continue;
        }
        JsonObject operation = item.getJsonObject(method);
        JsonArray roles = operation.getJsonArray(ROLES);
        if (roles == null) {
          throw new IllegalStateException(method + " " + path + " says no " + ROLES);
        }
        if (!SCOPES.contains(operation.getString(SCOPE, ""))) {
          throw new IllegalStateException(method + " " + path + " says no " + SCOPE);
        }
        if (operation.getBoolean(PLAIN, false)) {
          item.remove(method);
          continue;
        }
        Set<String> mediaTypes = new HashSet<>();
        JsonObject body = operation.getJsonObject("requestBody");
        if (body != null) {
          JsonObject content = body.getJsonObject("content");
          mediaTypes.addAll(content.fieldNames());
          SERVED_ONLY.forEach(content::remove);
        }
        // Answers aren't checked, so their schemas would only be read for nothing.
        operation.put("responses", new JsonObject().put("default", description()));
        Set<String> allowed = new HashSet<>();
        roles.forEach(role -> allowed.add(String.valueOf(role)));
        rules.put(operation.getString("operationId"), new Rules(allowed, mediaTypes));
      }
      if (item.fieldNames().stream().allMatch("parameters"::equals)) {
        paths.remove(path);
      }
    }
    checked.getJsonObject("components").remove("responses");
    return checked;
  }

  private static JsonObject description() {
    return new JsonObject().put("description", "any");
  }

  /** The name under which the validator knows a body. */
  static String validatedMediaType() {
    return JSON;
  }
}
