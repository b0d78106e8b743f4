package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.PasskeyProof;
import io.hexbeat.geofence.trust.PasskeyProof.Outcome;
import io.hexbeat.geofence.trust.PunchKind;
import io.hexbeat.ingest.wire.PunchRecord;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PunchFormatTest {
  @Test
  void shouldReadEveryField() throws Exception {
    PunchRecord punch =
        ReadRequest.punch(
                """
                {"id":"p.1_a:b-c","kind":"visit_in","at":"2023-11-14T22:13:20Z","lat":30.25,
                 "lng":-97.75,"accuracy_m":8.5,"fix_time":1699999999000,"site":"shop-1",
                 "mock":true,"wifi":["aa"],"uptime_ms":5,"seq":6,"note":"ok","device":"ph"}
                """)
            .punch();

    assertEquals("p.1_a:b-c", punch.punchId());
    assertEquals(PunchKind.VISIT_IN, punch.kind());
    assertEquals(1_700_000_000_000L, punch.atMs());
    assertEquals(302_500_000, punch.latE7());
    assertEquals(-977_500_000, punch.lngE7());
    assertEquals(850, punch.accuracyCm());
    assertEquals(1_699_999_999_000L, punch.fixTimeMs());
    assertEquals(301, punch.siteHandle());
    assertTrue(punch.mock());
    assertEquals(5, punch.uptimeMs());
    assertEquals(6, punch.seq());
    assertEquals("ph", punch.phoneId());
    assertEquals("{\"wifi\":[\"aa\"],\"note\":\"ok\"}", punch.attributes());
    assertEquals(ReadRequest.RECEIVED_MS, punch.receivedTimeMs());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"lat\":null,\"lng\":null,\"site\":null"})
  void shouldRestOnNoFixWithoutAPosition(String position) throws Exception {
    PunchRecord punch =
        ReadRequest.punch("{\"id\":\"a\",\"kind\":\"clock_in\",\"at\":1000" + position + "}")
            .punch();

    assertFalse(punch.hasPosition());
    assertEquals(1000, punch.fixTimeMs());
    assertEquals(Fix.UNKNOWN, punch.accuracyCm());
    assertEquals(0, punch.siteHandle());
  }

  @Test
  void shouldKeepTextsThatADatabaseWouldRefuse() throws Exception {
    PunchRecord punch =
        ReadRequest.punch(
                "{\"id\":\"a\",\"kind\":\"clock_in\",\"at\":1000,\"device\":\"p\\u0000\","
                    + "\"note\":\"n\\u0000\",\"x\":1e999999}")
            .punch();

    assertEquals("p\ufffd", punch.phoneId());
    assertEquals("{\"note\":\"n\ufffd\",\"x\":\"1e999999\"}", punch.attributes());
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    List<InputError> errors =
        errors(
            """
            {"id":"sp ace","kind":"lunch","at":"noon","lat":91,"accuracy_m":-1,"fix_time":-5,
             "coord_type":"mars","site":"nowhere","mock":"yes","uptime_ms":-1,"note":7}
            """);

    assertEquals(
        List.of(
            "/id",
            "/kind",
            "/at",
            "/lat",
            "/accuracy_m",
            "/fix_time",
            "/coord_type",
            "/site",
            "/mock",
            "/uptime_ms",
            "/note",
            "/lng"),
        errors.stream().map(InputError::pointer).toList());
  }

  @Test
  void shouldNameEachMissingField() {
    assertEquals(
        List.of(
            new InputError("/id", "is missing"),
            new InputError("/kind", "is missing"),
            new InputError("/at", "is missing")),
        errors("{}"));
  }

  @Test
  void shouldTellAnUnknownSiteFromAnArea() {
    String body = "{\"id\":\"a\",\"kind\":\"visit_in\",\"at\":1,\"site\":\"%s\"}";

    assertEquals(
        List.of(new InputError("/site", "is no fence")), errors(body.formatted("nowhere")));
    assertEquals(
        List.of(new InputError("/site", "is an area, not a site")),
        errors(body.formatted("district-1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"ä\"", "\"a b\"", "17", "null", "{\"x\":1}", "[[]]"})
  void shouldRefuseAnIdOutsideItsCharacters(String id) {
    assertEquals(
        "/id", errors("{\"kind\":\"clock_in\",\"at\":1,\"id\":" + id + "}").get(0).pointer());
  }

  @Test
  void shouldBoundTheId() throws Exception {
    String body = "{\"kind\":\"clock_in\",\"at\":1,\"id\":\"%s\"}";

    assertEquals(
        "a".repeat(64), ReadRequest.punch(body.formatted("a".repeat(64))).punch().punchId());
    assertEquals("/id", errors(body.formatted("a".repeat(65))).get(0).pointer());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "7", "{", "{}{}", "[{}]"})
  void shouldRefuseWhatIsNotOneObject(String body) {
    assertEquals(1, errors(body).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "\"x\"",
        "[]",
        "{}",
        "{\"credential_id\":\"AQ\"}",
        "{\"credential_id\":7,\"client_data_json\":\"AQ\",\"authenticator_data\":\"AQ\",\"signature\":\"AQ\"}",
        "{\"credential_id\":\"AQ\",\"client_data_json\":\"*\",\"authenticator_data\":\"AQ\",\"signature\":\"AQ\"}"
      })
  void shouldTakeAPunchWithAMalformedAssertion(String passkey) throws Exception {
    PasskeyProof proof = proven(passkey);
    assertEquals(Outcome.MALFORMED, proof.outcome());
  }

  @Test
  void shouldTakeAPunchWithAnOversizedAssertion() throws Exception {
    String part = "A".repeat(10_000);
    String body =
        "{\"credential_id\":\"%s\",\"client_data_json\":\"%s\",\"authenticator_data\":\"AQ\",\"signature\":\"AQ\"}";
    assertEquals(Outcome.MALFORMED, proven(body.formatted("AQ", part)).outcome());
    assertEquals(Outcome.MALFORMED, proven(body.formatted(part, "AQ")).outcome());
    PasskeyProof longest = proven(body.formatted("A".repeat(252), "AQ"));
    assertEquals(Outcome.UNSEEN, longest.outcome());
    assertEquals("A".repeat(252), longest.credentialId());
  }

  @Test
  void shouldLeaveAnAssertionToWhoeverKnowsPasskeys() throws Exception {
    String body = "{\"id\":\"a\",\"kind\":\"clock_in\",\"at\":1,\"passkey\":{}}";
    assertNull(ReadRequest.punch(body).punch().passkey());
  }

  private static PasskeyProof proven(String passkey) throws Exception {
    Passkeys none =
        new Passkeys() {
          @Override
          public String rpId() {
            return "localhost";
          }

          @Override
          public List<String> credentialIds(int memberHandle) {
            return List.of();
          }

          @Override
          public PasskeyProof verify(
              int memberHandle, byte[] challenge, PasskeyAssertion assertion) {
            return PasskeyProof.failed(Outcome.UNKNOWN_CREDENTIAL, assertion.credentialId());
          }
        };
    String body = "{\"id\":\"a\",\"kind\":\"clock_in\",\"at\":1,\"passkey\":" + passkey + "}";
    PunchFormat format =
        new PunchFormat(DoorConfig.of("127.0.0.1", 0, 1), id -> Sites.UNKNOWN, none);
    return Objects.requireNonNull(ReadRequest.read(format, null, body).punch().passkey());
  }

  private static List<InputError> errors(String body) {
    RefusedBodyException refused =
        assertThrows(RefusedBodyException.class, () -> ReadRequest.punch(body));
    assertEquals(400, refused.problem().status());
    return refused.problem().errors();
  }
}
