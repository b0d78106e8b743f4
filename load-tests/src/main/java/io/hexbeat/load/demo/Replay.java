package io.hexbeat.load.demo;

import io.hexbeat.load.Api;
import io.hexbeat.load.Doors;
import io.hexbeat.load.demo.Step.Ping;
import io.hexbeat.load.demo.Step.Punch;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the fleet live its day. Everything but {@link #tally} belongs to one Vert.x loop: call
 * {@link #start} there. Holds one keep-alive connection a phone. A phone that the server refuses
 * does not stop the others; the first refusal is kept for the progress line.
 */
final class Replay {
  private static final long TICK_MS = 50;
  private static final long TALLY_MS = 500;
  private static final long LIVE_AGAIN_MS = 2_000;
  private static final double MOVING_MPS = 1;
  private static final long MOVING_FRESH_MS = 6 * 60_000L;

  /** A member on the road: the shift and the token of the phone. */
  record Rep(String member, String token, Shift shift) {}

  private final Vertx vertx;
  private final ReplayClock clock;
  private final List<Phone> phones = new ArrayList<>();
  private final Map<String, Ping> latest = new HashMap<>();
  private final long midnightMs;
  private long pings;
  private long verified;
  private long unverified;
  private long invalid;
  private long alerts;
  private long retries;
  private long refused;

  // written by the loop, read by whoever shows progress
  private volatile Tally tally = Tally.NOTHING;
  private volatile @Nullable String firstRefusal;
  private volatile boolean finished;

  // written by whoever stops the replay, read by the loop
  private volatile boolean stopped;

  /**
   * @param fromDayMs the time of the recorded day that is the phones' time at the clock's start
   */
  Replay(Vertx vertx, URI device, List<Rep> reps, ReplayClock clock, long fromDayMs) {
    this.vertx = vertx;
    this.clock = clock;
    this.midnightMs = clock.startPhoneMs() - fromDayMs;
    HttpClient http = Doors.client(vertx, reps.size(), Doors.UNBOUNDED);
    String run = "demo-" + Long.toString(clock.startWallMs(), 36) + "-";
    for (Rep rep : reps) {
      String prefix = run + rep.member() + "-";
      phones.add(
          new Phone(
              vertx, http, device, rep.token(), prefix, midnightMs, rep.shift(), listener(rep)));
    }
  }

  /** Starts to replay and to listen to what a manager is told. */
  void start(Api manager) {
    listen(manager);
    vertx.setPeriodic(TICK_MS, timer -> tick());
    vertx.setPeriodic(TALLY_MS, timer -> count());
  }

  Tally tally() {
    return tally;
  }

  @Nullable String firstRefusal() {
    return firstRefusal;
  }

  /** Whether the phones' clocks agree with the wall's by now. */
  boolean caughtUp() {
    return System.currentTimeMillis() >= clock.caughtUpWallMs();
  }

  /** Whether every phone's day is over. */
  boolean finished() {
    return finished;
  }

  /** Sends nothing more but what phones have begun to send. Any thread. */
  void stop() {
    stopped = true;
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long phoneMs = clock.phoneMs(System.currentTimeMillis());
    for (Phone phone : phones) {
      phone.advanceTo(phoneMs);
    }
  }

  private void count() {
    long freshMs = clock.phoneMs(System.currentTimeMillis()) - MOVING_FRESH_MS;
    int moving = 0;
    for (Ping ping : latest.values()) {
      if (ping.speedMps() > MOVING_MPS && midnightMs + ping.dayMs() > freshMs) {
        moving++;
      }
    }
    tally = new Tally(moving, pings, verified, unverified, invalid, alerts, retries, refused);
    finished = phones.stream().allMatch(Phone::finished);
  }

  private void listen(Api manager) {
    manager
        .live(1)
        .onSuccess(
            socket -> {
              socket.textMessageHandler(this::told);
              // the close that follows is what counts
              socket.exceptionHandler(broken -> {});
              socket.closeHandler(closed -> listenAgain(manager));
            })
        .onFailure(cause -> listenAgain(manager));
  }

  private void listenAgain(Api manager) {
    vertx.setTimer(LIVE_AGAIN_MS, timer -> listen(manager));
  }

  private void told(String frame) {
    if ("opened".equals(new JsonObject(frame).getString("event"))) {
      alerts++;
    }
  }

  private Phone.Listener listener(Rep rep) {
    return new Phone.Listener() {
      @Override
      public void sent(Ping ping) {
        pings++;
        latest.put(rep.member(), ping);
      }

      @Override
      public void judged(Punch punch, @Nullable String verdict) {
        if ("verified".equals(verdict)) {
          verified++;
        } else if ("unverified".equals(verdict)) {
          unverified++;
        } else if ("invalid".equals(verdict)) {
          invalid++;
        }
      }

      @Override
      public void retried() {
        retries++;
      }

      @Override
      public void refused(String what) {
        refused++;
        if (firstRefusal == null) {
          firstRefusal = what;
        }
      }
    };
  }
}
