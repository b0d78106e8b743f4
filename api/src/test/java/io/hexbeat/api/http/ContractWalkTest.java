package io.hexbeat.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.http.ApiUnderTest.Answer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every operation of the contract, asked by everyone. */
class ContractWalkTest {
  private static ApiUnderTest api;
  private static Map<String, String> tokens;
  private static JsonObject contract;

  private record Operation(String method, String path, JsonObject definition) {
    boolean allows(String role) {
      return definition.getJsonArray("x-roles").contains(role);
    }

    boolean isPublic() {
      return allows("anyone");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
    api.team("north", null);
    api.member("ann", "north");
    tokens =
        Map.of(
            "manager", api.user("boss", "manager", null),
            "member", api.user("ann", "member", "ann"));
    contract = ApiUnderTest.expect(200, api.get(null, "/openapi.json")).json();
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = contract.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        if (!method.equals("parameters")) {
          operations.add(
              new Operation(
                  method.toUpperCase(java.util.Locale.ROOT), path, item.getJsonObject(method)));
        }
      }
    }
    return operations;
  }

  private static Answer ask(String token, Operation operation) throws Exception {
    String path = operation.path().replaceAll("\\{[a-z]+}", "nobody");
    boolean body = operation.definition().containsKey("requestBody");
    return api.call(token, operation.method(), path, body ? new JsonObject() : null);
  }

  @Test
  void shouldRefuseEveryOperationWithoutAToken() throws Exception {
    for (Operation operation : operations()) {
      if (!operation.isPublic()) {
        Answer answer = ask(null, operation);
        assertEquals(401, answer.status(), operation.toString());
        assertEquals("Bearer", answer.headers().firstValue("www-authenticate").orElse(""));
        assertEquals(
            "application/problem+json", answer.headers().firstValue("content-type").orElse(""));
      }
    }
  }

  @Test
  void shouldRefuseEveryOperationWithAForgedToken() throws Exception {
    for (Operation operation : operations()) {
      if (!operation.isPublic()) {
        assertEquals(401, ask(api.admin() + "x", operation).status(), operation.toString());
      }
    }
  }

  @Test
  void shouldLetInTheRolesOfAnOperationAndNoOther() throws Exception {
    for (Map.Entry<String, String> asker : tokens.entrySet()) {
      for (Operation operation : operations()) {
        boolean endsItself = operation.definition().getString("operationId").equals("endSessions");
        if (operation.isPublic() || endsItself) {
          continue;
        }
        int status = ask(asker.getValue(), operation).status();
        String what = asker.getKey() + " " + operation;
        if (operation.allows(asker.getKey())) {
          assertFalse(status == 401 || status == 403, what + " " + status);
        } else {
          assertEquals(403, status, what);
        }
      }
    }
  }

  @Test
  void shouldNameEachOperationOnceAndDescribeIt() {
    List<String> ids =
        operations().stream()
            .map(operation -> operation.definition().getString("operationId"))
            .toList();
    assertEquals(ids.size(), ids.stream().distinct().count());
    for (Operation operation : operations()) {
      assertTrue(operation.definition().containsKey("summary"), operation.toString());
      assertTrue(operation.definition().containsKey("responses"), operation.toString());
    }
  }
}
