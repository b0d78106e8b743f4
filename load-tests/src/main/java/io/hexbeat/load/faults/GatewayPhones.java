package io.hexbeat.load.faults;

import io.hexbeat.load.stream.GatewayClient;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Phones behind a gateway at the TCP door. Belongs to the phones' loop. Each resume is a gateway
 * that was started again: a client of its own, which gets first what the one before had no ack for.
 */
final class GatewayPhones implements Client {
  private static final long SEND_EVERY_MS = 80;
  private static final int FIXES = 4;

  /** Few enough that the shard recognises them all when they come again. */
  private static final int UNACKNOWLEDGED_A_DEVICE = 40;

  private final Vertx vertx;
  private final Truth truth;
  private final Violations violations;
  private final List<Integer> phones;
  private final Map<Integer, DeviceSignature> signatures;
  private final String token;
  private final int port;

  /** In the order sent. */
  private final ArrayDeque<Fix> unacknowledged = new ArrayDeque<>();

  /** Of these, what the present client hasn't been given yet. */
  private final ArrayDeque<Fix> again = new ArrayDeque<>();

  private final Map<Integer, Integer> underWay = new HashMap<>();
  private final Map<Integer, Integer> numbers = new HashMap<>();
  private @Nullable GatewayClient client;
  private long acknowledged;

  private record Fix(int phone, int n) {}

  /**
   * A gateway that is switched off.
   *
   * @param signatures of those of its phones that sign
   */
  GatewayPhones(
      Vertx vertx,
      Truth truth,
      Violations violations,
      List<Integer> phones,
      Map<Integer, DeviceSignature> signatures,
      String token,
      int port) {
    this.vertx = vertx;
    this.truth = truth;
    this.violations = violations;
    this.phones = phones;
    this.signatures = signatures;
    this.token = token;
    this.port = port;
    vertx.setPeriodic(SEND_EVERY_MS, timer -> sendNext());
  }

  @Override
  public void resume() {
    if (client != null) {
      return;
    }
    GatewayClient opened =
        new GatewayClient(
            vertx,
            "127.0.0.1",
            port,
            token,
            this::acknowledged,
            why -> {
              if (why.contains("unauthorized")) {
                violations.add("phantom", "the gateway was refused: " + why);
              }
            });
    acknowledged = 0;
    again.clear();
    again.addAll(unacknowledged);
    for (int phone : phones) {
      numbers.put(phone, opened.device(truth.route(phone).device()));
    }
    client = opened;
    opened.open();
  }

  @Override
  public void pause() {
    GatewayClient open = client;
    if (open != null) {
      client = null;
      open.close();
    }
  }

  @Override
  public boolean idle() {
    return client == null;
  }

  private void sendNext() {
    GatewayClient open = client;
    if (open == null) {
      return;
    }
    while (!again.isEmpty() && offer(open, again.peek())) {
      again.remove();
    }
    if (again.isEmpty()) {
      for (int phone : phones) {
        offerNew(open, phone);
      }
    }
    open.flush();
  }

  private void offerNew(GatewayClient open, int phone) {
    for (int i = 0; i < FIXES; i++) {
      // asked first, because a number that is taken must be sent
      if (underWay.getOrDefault(phone, 0) >= UNACKNOWLEDGED_A_DEVICE || !open.welcome()) {
        return;
      }
      Fix fix = new Fix(phone, truth.next(phone));
      unacknowledged.add(fix);
      underWay.merge(phone, 1, Integer::sum);
      if (!offer(open, fix)) {
        again.add(fix);
        return;
      }
    }
  }

  private boolean offer(GatewayClient open, Fix fix) {
    Route route = truth.route(fix.phone);
    byte[] record =
        GatewayClient.record()
            .fixTimeMs(route.fixMs(fix.n))
            .position(route.latE7(fix.n), route.lngE7(fix.n))
            .accuracyCm(route.accuracyMeters(fix.n) * 100)
            .array();
    DeviceSignature signature = signatures.get(fix.phone);
    return open.offer(
        numbers.get(fix.phone), signature == null ? record : signature.record(record, fix.n));
  }

  private void acknowledged(long sequence) {
    for (; acknowledged < sequence; acknowledged++) {
      Fix fix = unacknowledged.remove();
      underWay.merge(fix.phone, -1, Integer::sum);
      truth.acked(fix.phone, fix.n);
    }
  }
}
