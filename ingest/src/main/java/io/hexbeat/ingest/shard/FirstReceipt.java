package io.hexbeat.ingest.shard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.TrustSignal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A receipt read back from its text, when a proof follows its punch. Immutable; any thread. Read
 * rarely, so it may allocate; a receipt of ours that can't be read is a broken invariant.
 *
 * @param fields in their order; values as {@link Finding} has them, and maps
 */
record FirstReceipt(Map<String, @Nullable Object> fields) {
  private static final JsonFactory JSON = new JsonFactory();

  static FirstReceipt read(String receiptJson) {
    try (JsonParser parser = JSON.createParser(receiptJson)) {
      parser.nextToken();
      return new FirstReceipt(object(parser));
    } catch (IOException e) {
      throw new IllegalStateException("a receipt is no JSON", e);
    }
  }

  /** The findings behind its verdict. */
  List<Finding> reasons() {
    List<Finding> findings = new ArrayList<>();
    if (fields.get("reasons") instanceof List<?> reasons) {
      for (Object reason : reasons) {
        findings.add(finding((Map<?, ?>) reason));
      }
    }
    return findings;
  }

  Place place() {
    return Place.valueOf(String.valueOf(fields.get("place")).toUpperCase(Locale.ROOT));
  }

  private static Finding finding(Map<?, ?> reason) {
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    reason.forEach((name, value) -> figures.put(String.valueOf(name), value));
    TrustSignal signal = TrustSignal.ofCode(String.valueOf(figures.remove("code")));
    Object weight = figures.remove("weight");
    return new Finding(signal, weight instanceof Long number ? number.intValue() : 0, figures);
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser));
        }
        yield elements;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }
}
