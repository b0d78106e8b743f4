package io.hexbeat.api.http;

import static io.hexbeat.api.http.ApiUnderTest.expect;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.http.ApiUnderTest.Answer;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Logins, tokens and accounts over real HTTP. */
class AccountsTest {
  private static ApiUnderTest api;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start();
  }

  @AfterAll
  static void stop() throws Exception {
    api.stop();
  }

  private static Answer tryLogin(String user, String password) throws Exception {
    return api.call(
        null,
        "POST",
        "/v1/login",
        new JsonObject().put("username", user).put("password", password));
  }

  private static void change(String id, String role, String password) throws Exception {
    JsonObject body = new JsonObject().put("role", role);
    if (password != null) {
      body.put("password", password);
    }
    expect(200, api.call(api.admin(), "PUT", "/v1/users/" + id, body));
  }

  @Test
  void shouldTellWhoIsBehindAToken() throws Exception {
    Answer login = expect(200, tryLogin("admin", ApiUnderTest.ADMIN_PASSWORD));
    assertTrue(login.json().getString("expires_at").matches("\\d{4}-.*\\.\\d{3}Z"));
    assertEquals("admin", login.json().getJsonObject("user").getString("id"));
    JsonObject me = expect(200, api.get(login.json().getString("token"), "/v1/me")).json();
    assertEquals(new JsonObject().put("id", "admin").put("role", "admin"), me);
  }

  @Test
  void shouldAnswerAWrongPasswordAndAnUnknownUserAlike() throws Exception {
    api.user("known", "manager", null);
    Answer wrong = expect(401, tryLogin("known", "not the password"));
    Answer unknown = expect(401, tryLogin("unknown", "not the password"));
    assertEquals(wrong.body(), unknown.body());
    assertFalse(wrong.json().encode().contains("not the password"));
  }

  @Test
  void shouldSlowDownGuessing() throws Exception {
    api.user("victim", "manager", null);
    for (int i = 0; i < 5; i++) {
      expect(401, tryLogin("victim", "guess " + i));
    }
    Answer refused = expect(429, tryLogin("victim", "password-of-victim"));
    long waitSeconds = Long.parseLong(refused.headers().firstValue("retry-after").orElse("0"));
    assertTrue(waitSeconds >= 1 && waitSeconds <= 60, "Retry-After " + waitSeconds);
    expect(200, tryLogin("admin", ApiUnderTest.ADMIN_PASSWORD));
  }

  @Test
  void shouldRefuseTokensGivenBeforeAPasswordChange() throws Exception {
    String token = api.user("careful", "manager", null);
    change("careful", "manager", null);
    expect(200, api.get(token, "/v1/me"));
    change("careful", "manager", "another password");
    expect(401, api.get(token, "/v1/me"));
    expect(401, tryLogin("careful", "password-of-careful"));
    expect(200, tryLogin("careful", "another password"));
  }

  @Test
  void shouldRefuseTokensOfADeletedAccountAndOfItsNamesake() throws Exception {
    String token = api.user("leaver", "manager", null);
    expect(204, api.call(api.admin(), "DELETE", "/v1/users/leaver", null));
    expect(401, api.get(token, "/v1/me"));
    api.user("leaver", "manager", null);
    expect(401, api.get(token, "/v1/me"));
  }

  @Test
  void shouldRefuseTokensGivenBeforeARoleChange() throws Exception {
    String token = api.user("climber", "manager", null);
    change("climber", "admin", null);
    expect(401, api.get(token, "/v1/me"));
    expect(204, api.call(api.admin(), "DELETE", "/v1/users/climber", null));
  }

  @Test
  void shouldKeepTheLastAdmin() throws Exception {
    expect(409, api.call(api.admin(), "DELETE", "/v1/users/admin", null));
    expect(
        409,
        api.call(api.admin(), "PUT", "/v1/users/admin", new JsonObject().put("role", "manager")));
  }

  @Test
  void shouldHoldPasswordsToTheirLength() throws Exception {
    JsonObject user = new JsonObject().put("id", "short").put("role", "manager");
    expect(400, api.call(api.admin(), "POST", "/v1/users", user.put("password", "1234567")));
    expect(400, api.call(api.admin(), "POST", "/v1/users", user.put("password", "x".repeat(201))));
    String longOne = "x".repeat(199);
    expect(201, api.call(api.admin(), "POST", "/v1/users", user.put("password", longOne + "y")));
    expect(401, tryLogin("short", longOne + "z"));
    expect(200, tryLogin("short", longOne + "y"));
  }

  @Test
  void shouldNeverTellAPassword() throws Exception {
    api.user("quiet", "manager", null);
    String told = expect(200, api.get(api.admin(), "/v1/users")).json().encode();
    assertFalse(told.contains("password") || told.contains("$2a$"), told);
  }

  @Test
  void shouldBindAnAccountOfTheRoleMemberToAMember() throws Exception {
    JsonObject user =
        new JsonObject().put("id", "unbound").put("role", "member").put("password", "12345678");
    Answer answer = expect(400, api.call(api.admin(), "POST", "/v1/users", user));
    assertEquals("/member", answer.array("errors").getJsonObject(0).getString("pointer"));
  }

  @Test
  void shouldKeepTokensOverARestart() throws Exception {
    String token = api.user("steady", "manager", null);
    api.restart();
    expect(200, api.get(token, "/v1/me"));
  }
}
