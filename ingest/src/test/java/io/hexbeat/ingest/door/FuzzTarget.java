package io.hexbeat.ingest.door;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The decoders that read what strangers send, each with its law. Immutable; any thread. */
enum FuzzTarget {
  JSON("JsonReader and Attributes, beside Jackson", JsonLaw::new),
  NUMBER("Decimal, beside BigDecimal and Double", () -> ValueLaws::number),
  TIME("PhoneTime, beside java.time", () -> ValueLaws::time),
  FORM("FormPairs, beside a plain decoder", ValueLaws.Form::new),
  CREDENTIAL("Authorization headers and tokens in queries", () -> ValueLaws::credential),
  INFLATION("compressed bodies, beside java.util.zip", () -> InflationLaw::check),
  PINGS("POST /v1/pings and text of /v1/stream", DoorLaw::pings),
  PUNCHES("POST /v1/punches", DoorLaw::punches),
  OSMAND("OsmAnd, Traccar Client, GPSLogger: a query, a line end, a body", DoorLaw::osmAnd),
  OWNTRACKS("OwnTracks over HTTP", DoorLaw::ownTracks),
  OVERLAND("Overland", DoorLaw::overland),
  MQTT("MQTT: a topic, a line end, a payload", MqttLaw::new),
  STREAM("wire records of /v1/stream", StreamLaw::new),
  TCP("frames of the gateway door, down to the journal", GatewayLaw::new),
  RECORD("records as replay reads them", () -> RecordLaw::check),
  /** The first byte tells which of the others reads the rest. */
  ALL("all of them in one run; the first byte chooses", AllLaws::new);

  private final String reads;

  @SuppressWarnings("ImmutableEnumChecker") // constructors, which hold nothing
  private final Supplier<Law> law;

  FuzzTarget(String reads, Supplier<Law> law) {
    this.reads = reads;
    this.law = law;
  }

  /** Every decoder by itself. */
  static List<FuzzTarget> single() {
    List<FuzzTarget> single = new ArrayList<>(List.of(values()));
    single.remove(ALL);
    return single;
  }

  /** The target of that label. */
  static FuzzTarget of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it reads, in words. */
  String reads() {
    return reads;
  }

  /** A law that has read nothing yet. */
  Law law() {
    return law.get();
  }

  private static final class AllLaws implements Law {
    private final List<Law> laws = single().stream().map(FuzzTarget::law).toList();

    @Override
    public void check(byte[] input) throws Exception {
      if (input.length > 0) {
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        laws.get((input[0] & 0xFF) % laws.size()).check(rest);
      }
    }
  }
}
