package io.hexbeat.ingest.shard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Fix;
import io.hexbeat.geofence.trust.Finding;
import io.hexbeat.geofence.trust.PunchVerdict;
import io.hexbeat.geofence.trust.Severity;
import io.hexbeat.geofence.trust.TrustSignal;
import io.hexbeat.ingest.wire.PunchRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Receipts and alerts as JSON text, as they are journaled, answered and pushed. Stateless; any
 * thread. Allocates, which only punches and alerts pay.
 */
final class Evidence {
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter ISO_MS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** A name is for recognising a place; keeps receipts within their bound. */
  private static final int MAX_NAME_CHARS = 200;

  private Evidence() {}

  /** Writes one JSON text. */
  private interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * The receipt of a punch.
   *
   * @param stepUp how to prove who made it, until the record's {@link PunchRecord#stepUpUntilMs}
   */
  static String receipt(
      PunchRecord punch, PunchVerdict verdict, FenceIndex index, @Nullable StepUpOffer stepUp) {
    return text(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", punch.punchId());
          json.writeStringField("kind", punch.kind().text());
          json.writeStringField("verdict", verdict.verdict().code());
          reasons(json, verdict.reasons());
          json.writeNumberField("score", verdict.score());
          json.writeNumberField("policy_version", verdict.policyVersion());
          json.writeStringField("place", verdict.place().code());
          sites(json, verdict.sites(), index);
          if (punch.isSigned()) {
            json.writeBooleanField("signed", true);
          }
          json.writeStringField("received_time", iso(punch.receivedTimeMs()));
          json.writeBooleanField("journaled", true);
          if (stepUp != null) {
            stepUp(json, stepUp, punch.stepUpUntilMs());
          }
          json.writeEndObject();
        });
  }

  /**
   * The receipt of a punch of which is proven, after the first one, who made it.
   *
   * @param verdict with the proof among its reasons
   * @param provenMs when the proof was received
   */
  static String provenReceipt(FirstReceipt first, PunchVerdict verdict, long provenMs) {
    return text(
        json -> {
          json.writeStartObject();
          for (Map.Entry<String, @Nullable Object> field : first.fields().entrySet()) {
            switch (field.getKey()) {
              case "verdict" -> json.writeStringField("verdict", verdict.verdict().code());
              case "score" -> json.writeNumberField("score", verdict.score());
              case "policy_version" ->
                  json.writeNumberField("policy_version", verdict.policyVersion());
              case "reasons" -> reasons(json, verdict.reasons());
              case "step_up" -> json.writeStringField("proven_time", iso(provenMs));
              default -> {
                json.writeFieldName(field.getKey());
                value(json, field.getValue());
              }
            }
          }
          json.writeEndObject();
        });
  }

  private static void stepUp(JsonGenerator json, StepUpOffer stepUp, long untilMs)
      throws IOException {
    json.writeObjectFieldStart("step_up");
    json.writeStringField("challenge", stepUp.challenge());
    json.writeStringField("rp_id", stepUp.rpId());
    json.writeArrayFieldStart("allow_credentials");
    for (String credentialId : stepUp.credentialIds()) {
      json.writeString(credentialId);
    }
    json.writeEndArray();
    json.writeStringField("expires_at", iso(untilMs));
    json.writeEndObject();
  }

  /** A receipt with what a watcher needs besides. */
  static String livePunch(String receiptJson, PunchRecord punch, String deviceId) {
    String more =
        text(
            json -> {
              json.writeStartObject();
              json.writeStringField("device", deviceId);
              json.writeStringField("at", iso(punch.atMs()));
              position(json, punch);
              if (punch.accuracyCm() > 0) {
                json.writeNumberField("accuracy_m", punch.accuracyCm() / 100.0);
              }
              json.writeEndObject();
            });
    return receiptJson.substring(0, receiptJson.length() - 1) + ',' + more.substring(1);
  }

  /** The alert that a finding of a ping or of a reused punch id opens. */
  static String alert(
      Finding finding,
      String id,
      String deviceId,
      Fix fix,
      @Nullable String punchId,
      long policyVersion) {
    return text(
        json -> {
          json.writeStartObject();
          head(json, id, deviceId, finding.signal(), finding.severity(), finding.weight(), fix);
          json.writeNumberField("policy_version", policyVersion);
          json.writeFieldName("evidence");
          figures(json, finding.figures());
          if (punchId != null) {
            json.writeStringField("punch", punchId);
          }
          json.writeEndObject();
        });
  }

  /** The alert that a punch opens: its strongest reason, and all of them. */
  static String alert(
      PunchVerdict verdict, Finding strongest, String id, String deviceId, PunchRecord punch) {
    return text(
        json -> {
          json.writeStartObject();
          Severity severity = verdict.severity();
          head(json, id, deviceId, strongest.signal(), severity, verdict.score(), punch);
          json.writeNumberField("policy_version", verdict.policyVersion());
          json.writeFieldName("evidence");
          figures(json, strongest.figures());
          reasons(json, verdict.reasons());
          json.writeStringField("punch", punch.punchId());
          json.writeEndObject();
        });
  }

  /** The alert of a finding that compared people; where they were stands in its figures. */
  static String alert(
      Finding finding, String id, String deviceId, long raisedMs, long policyVersion) {
    return text(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", id);
          json.writeStringField("device", deviceId);
          json.writeStringField("kind", finding.signal().code());
          json.writeStringField("severity", finding.severity().code());
          json.writeNumberField("score", finding.weight());
          json.writeStringField("raised_at", iso(raisedMs));
          json.writeNumberField("policy_version", policyVersion);
          json.writeFieldName("evidence");
          figures(json, finding.figures());
          json.writeEndObject();
        });
  }

  /**
   * Unique for ever: a device numbers its alerts, and the journal remembers how many there were.
   */
  static String alertId(long receivedTimeMs, int deviceHandle, int number) {
    return "al-" + Long.toString(receivedTimeMs, 36) + "-" + deviceHandle + "-" + number;
  }

  /** The signals of a recorded array of alerts, as bits. */
  static long signalBits(String alertsJson) {
    if (alertsJson.isEmpty()) {
      return 0;
    }
    long bits = 0;
    try (JsonParser parser = JSON.createParser(alertsJson)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 2 && token == JsonToken.FIELD_NAME && parser.currentName().equals("kind")) {
          bits |= TrustSignal.ofCode(parser.nextTextValue()).bit();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("recorded alerts are no JSON", e);
    }
    return bits;
  }

  static String iso(long timeMs) {
    return ISO_MS.format(Instant.ofEpochMilli(timeMs));
  }

  private static void head(
      JsonGenerator json,
      String id,
      String deviceId,
      TrustSignal kind,
      Severity severity,
      int score,
      Fix fix)
      throws IOException {
    json.writeStringField("id", id);
    json.writeStringField("device", deviceId);
    json.writeStringField("kind", kind.code());
    json.writeStringField("severity", severity.code());
    json.writeNumberField("score", score);
    json.writeStringField("raised_at", iso(fix.receivedTimeMs()));
    position(json, fix);
  }

  private static void position(JsonGenerator json, Fix fix) throws IOException {
    if (fix.hasPosition()) {
      json.writeNumberField("lat", E7.toDegrees(fix.latE7()));
      json.writeNumberField("lng", E7.toDegrees(fix.lngE7()));
    }
  }

  private static void reasons(JsonGenerator json, List<Finding> reasons) throws IOException {
    json.writeArrayFieldStart("reasons");
    for (Finding reason : reasons) {
      json.writeStartObject();
      json.writeStringField("code", reason.signal().code());
      json.writeNumberField("weight", reason.weight());
      for (Map.Entry<String, @Nullable Object> figure : reason.figures().entrySet()) {
        json.writeFieldName(figure.getKey());
        value(json, figure.getValue());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void sites(
      JsonGenerator json, List<PunchVerdict.SiteDistance> sites, FenceIndex index)
      throws IOException {
    json.writeArrayFieldStart("sites");
    for (PunchVerdict.SiteDistance site : sites) {
      Fence fence = index.byHandle(site.fenceHandle());
      if (fence != null) {
        json.writeStartObject();
        json.writeStringField("fence", fence.id());
        json.writeStringField("name", shortened(fence.name()));
        json.writeNumberField("distance_m", Math.round(site.distanceMeters() * 10) / 10.0);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void figures(JsonGenerator json, Map<String, @Nullable Object> figures)
      throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, @Nullable Object> figure : figures.entrySet()) {
      json.writeFieldName(figure.getKey());
      value(json, figure.getValue());
    }
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number && Double.isFinite(number)) {
      json.writeNumber(number);
    } else if (value instanceof Double) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        json.writeFieldName(String.valueOf(field.getKey()));
        value(json, field.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        value(json, element);
      }
      json.writeEndArray();
    } else {
      json.writeString(value.toString());
    }
  }

  private static String shortened(String name) {
    return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS);
  }

  private static String text(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      writing.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
