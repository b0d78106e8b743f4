package io.hexbeat.ingest.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonReaderTest {
  private static final List<String> BODIES =
      List.of(
          "{\"fix_time\":1700000000000,\"lat\":30.2672712,\"lng\":-97.7430608,\"mock\":true}",
          "{\"a\":[1,-0.5,1e3,0,null,false],\"b\":{\"c\":{},\"d\":[]},\"e\":\"x\"}",
          "[{\"t\":\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude97\"},[],[[\"\"]] , {} ]",
          " { \"location\" : { \"coords\" : { \"latitude\" : 1.0 } } , \"_\" : \"&id=1\" } ");

  private final JsonReader json = new JsonReader();

  @Test
  void shouldCopyTheValuesThatJacksonReads() throws Exception {
    for (String body : BODIES) {
      Attributes attributes = new Attributes(64);
      attributes.clear();
      attributes.copy("x", open(body));
      String copied =
          new String(attributes.bytes(), 0, attributes.finish(), StandardCharsets.UTF_8);

      assertEquals(
          new JsonArray("[" + body + "]").getValue(0), new JsonObject(copied).getValue("x"));
    }
  }

  private enum Field {
    LAT,
    LNG,
    HORIZONTAL_ACCURACY,
    OTHER
  }

  @Test
  void shouldFindNamesHoweverTheyAreWrittenAndInWhateverOrder() throws Exception {
    FieldNames<Field> names = FieldNames.ofJson(Field.class);
    List<String> bodies =
        List.of(
            "{\"l\\u0061t\":1,\"lng\":2,\"länge\":3}",
            "{\"lat\":1,\"lng\":2,\"länge\":3}",
            "{\"lat\":1,\"lng\":2,\"länge\":3}",
            "{ \"lat\" : 1 , \"lng\" : 2 , \"horizontal_accuracy\" : 4 }",
            "{\"horizontal_accuracy\":4,\"latt\":0,\"lat\":1,\"la\":0,\"lng\":2}",
            "{\"horizontal_accuracy\":4,\"latt\":0,\"lat\":1,\"la\":0,\"lng\":2}",
            "{\"horizontal_accurac\":0,\"horizontal_accuracyy\":0,\"lng\":2,\"lat\":1}",
            "{\"lat\":1}",
            "{}");
    for (String body : bodies) {
      JsonObject tree = new JsonObject(body);
      open(body);
      json.beginObject();
      for (Map.Entry<String, Object> field : tree) {
        assertTrue(json.nextField(names), body);
        assertEquals(field.getKey(), json.name().toString(), body);
        assertEquals(expected(field.getKey()), names.found(), body);
        assertEquals(field.getValue(), (int) json.number(), body);
      }
      assertFalse(json.nextField(names), body);
      json.expectEnd();
    }
  }

  private static Field expected(String name) {
    return switch (name) {
      case "lat" -> Field.LAT;
      case "lng" -> Field.LNG;
      case "horizontal_accuracy" -> Field.HORIZONTAL_ACCURACY;
      default -> Field.OTHER;
    };
  }

  @Test
  void shouldTellWholeNumbersFromOthers() throws Exception {
    assertEquals(-12, open("-12").whole(7));
    assertEquals(999_999_999_999_999_999L, open("999999999999999999").whole(7));
    assertEquals(7, open("99999999999999999999").whole(7));
    assertEquals(7, open("1.0").whole(7));
    assertEquals(7, open("\"1\"").whole(7));
    assertEquals(7, open("[1]").whole(7));
  }

  @Test
  void shouldLetWhatIsNoNumberThroughAsOne() throws Exception {
    open("[NaN,Infinity,-Infinity]").beginArray();

    while (json.nextElement()) {
      assertTrue(json.isNumber());
      assertEquals(Double.NaN, json.number());
    }
  }

  @Test
  void shouldSkipAByteOrderMark() throws Exception {
    assertEquals(5, open("\uFEFF5").number());
  }

  @Test
  void shouldKeepTextThatIsNoUtf8() throws Exception {
    byte[] bytes = {'"', 'a', (byte) 0xC3, '"'};

    assertEquals("a\uFFFD", json.open(bytes, 0, 4).text().toString());
  }

  @Test
  void shouldEndAtTheGivenByte() {
    byte[] bytes = "[1,2]".getBytes(StandardCharsets.US_ASCII);

    assertThrows(BrokenJsonException.class, () -> json.open(bytes, 0, 4).skip());
  }

  private JsonReader open(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return json.open(bytes, 0, bytes.length);
  }
}
