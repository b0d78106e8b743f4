package io.hexbeat.load;

import io.hexbeat.load.phone.Answers.Answer;
import io.hexbeat.load.phone.PhoneWire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The phones of a load run at one door, each on a connection of its own: sends each message at its
 * intended time, or as soon after as its phone may, and measures from the intended time. Belongs to
 * the loop of a {@link Sender}; one run at a time, several one after the other. Nothing is sent
 * again: it would hide what the server lost.
 */
final class Fleet {
  private static final long LAST_ANSWERS_NS = 5_000_000_000L;

  /** Timers closer than this cost more than they tell. */
  private static final long TICK_NS = 50_000;

  private static final long DRAIN_TICK_NS = 10_000_000;
  private static final long AGAIN_AFTER_MS = 100;

  /** Under way at once, well below a server's accept queue. */
  private static final int MAX_OPENING = 256;

  private static final double NS_PER_SECOND = 1e9;

  private final Sender sender;
  private final URI door;
  private final boolean answersNothing;
  private final List<PhoneConnection> phones = new ArrayList<>();
  private final Map<String, Integer> breaks = new TreeMap<>();
  private final Latencies second = new Latencies();
  private final List<Second> seconds = new ArrayList<>();
  private final Promise<Void> opened = Promise.promise();
  private @Nullable LoadSchedule schedule;
  private @Nullable Promise<FleetResult> done;
  private Consumer<Second> listener = ignored -> {};
  private Latencies acks = new Latencies();
  private boolean closing;
  private int opening;
  private int opens;
  private int greeted;
  private long next;
  private long offered;
  private long acked;
  private long refused;
  private long nextPing;
  private long secondAcked;
  private long secondRefused;
  private long secondFailed;

  /**
   * Not yet connected.
   *
   * @param wires makes a phone's end of the door
   * @param window messages that a phone has unanswered at most
   * @param answersNothing the other side takes messages and says nothing: they are done when sent
   */
  Fleet(
      Sender sender,
      URI door,
      int phones,
      IntFunction<PhoneWire> wires,
      int window,
      boolean answersNothing) {
    this.sender = sender;
    this.door = door;
    this.answersNothing = answersNothing;
    for (int i = 0; i < phones; i++) {
      this.phones.add(new PhoneConnection(this, i, wires.apply(i), window));
    }
  }

  /** Connects all phones; completes when each may send. Fails with the first refusal. */
  Future<Void> open() {
    while (opens < phones.size() && opening < MAX_OPENING) {
      PhoneConnection phone = phones.get(opens++);
      opening++;
      sender
          .connect(door, phone)
          .onFailure(e -> opened.tryFail("can't connect to " + door + ": " + e.getMessage()));
    }
    return opened.future();
  }

  /**
   * Sends what the schedule says; completes when all was answered, or some seconds after the last.
   *
   * @param listener told each second
   */
  Future<FleetResult> run(LoadSchedule schedule, Consumer<Second> listener) {
    Promise<FleetResult> ending = Promise.promise();
    this.schedule = schedule;
    this.listener = listener;
    done = ending;
    acks = new Latencies();
    second.reset();
    seconds.clear();
    breaks.clear();
    next = 0;
    offered = 0;
    acked = 0;
    refused = 0;
    phones.forEach(PhoneConnection::begin);
    long firstNs = schedule.startNs() - System.nanoTime();
    after(firstNs, schedule.closed() ? this::startClosed : this::tick);
    after(firstNs + LoadSchedule.NS_PER_SECOND, this::tellSecond);
    return ending.future();
  }

  /** Gives its connections up. */
  void close() {
    closing = true;
    phones.forEach(PhoneConnection::close);
  }

  /** The first number of a ping that no phone has sent; read it when a run is over. */
  long nextPing() {
    return nextPing;
  }

  boolean answersNothing() {
    return answersNothing;
  }

  /** A phone sends a message of this run; answers since when it is measured. */
  long sending(int phone, long message) {
    LoadSchedule now = running();
    return now.closed() ? System.nanoTime() : now.intendedNs(message * now.devices() + phone);
  }

  /** The first ping of a phone's message. */
  long firstPing(long message) {
    return running().firstPingOfDevice(message);
  }

  /** A phone's door is open. */
  void greeted() {
    greeted++;
    if (!opened.future().isComplete()) {
      opening--;
      if (greeted == phones.size()) {
        opened.tryComplete();
      } else {
        open();
      }
    }
  }

  void answered(PhoneConnection phone, long sinceNs, long nowNs, Answer answer) {
    LoadSchedule now = schedule;
    if (now == null) {
      return;
    }
    count(now, sinceNs, nowNs, answer);
    if (now.closed() && nowNs < now.endNs()) {
      phone.oweNext();
    }
  }

  private void count(LoadSchedule now, long sinceNs, long nowNs, Answer answer) {
    int pings = now.batch();
    boolean measured = now.measured(sinceNs);
    if (measured && now.closed()) {
      offered += pings;
    }
    switch (answer) {
      case TAKEN -> {
        secondAcked += pings;
        second.record(nowNs - sinceNs);
        if (measured) {
          acked += pings;
          acks.record(nowNs - sinceNs);
        }
      }
      case REFUSED -> {
        secondRefused += pings;
        refused += measured ? pings : 0;
      }
      case FAILED -> secondFailed += pings;
    }
  }

  /** A phone's connection has ended; it comes back. */
  void broke(PhoneConnection phone, String why) {
    if (closing) {
      return;
    }
    breaks.merge(why, 1, Integer::sum);
    opened.tryFail(door + ": " + why);
    comeBack(phone);
  }

  private void comeBack(PhoneConnection phone) {
    after(
        TimeUnit.MILLISECONDS.toNanos(AGAIN_AFTER_MS),
        () -> {
          if (!closing) {
            sender.connect(door, phone).onFailure(e -> comeBack(phone));
          }
        });
  }

  private void startClosed() {
    phones.forEach(PhoneConnection::oweWindow);
    after(running().endNs() - System.nanoTime(), this::drain);
  }

  private void tick() {
    LoadSchedule now = running();
    long nowNs = System.nanoTime();
    long due = now.dueBy(nowNs);
    for (; next < due; next++) {
      if (now.measured(now.intendedNs(next))) {
        offered += now.batch();
      }
      phones.get(now.device(next)).oweOne();
    }
    if (next == now.messages()) {
      drain();
    } else {
      after(Math.max(TICK_NS, now.intendedNs(next) - System.nanoTime()), this::tick);
    }
  }

  /** All has been sent that was to be: waits for the last answers, within a bound. */
  private void drain() {
    LoadSchedule now = running();
    long underWay = phones.stream().mapToLong(PhoneConnection::underWay).sum();
    long waiting = now.closed() ? 0 : waiting();
    if (underWay + waiting == 0 || System.nanoTime() - now.endNs() > LAST_ANSWERS_NS) {
      end(now);
    } else {
      after(DRAIN_TICK_NS, this::drain);
    }
  }

  private void end(LoadSchedule now) {
    Promise<FleetResult> ending = done;
    long underWay = phones.stream().mapToLong(PhoneConnection::underWay).sum() * now.batch();
    // what is waiting at the end is the newest, and measured
    long unsent = now.closed() ? 0 : Math.min(offered, waiting() * now.batch());
    offered += now.closed() ? underWay : 0;
    nextPing =
        now.firstPingOfDevice(
            phones.stream().mapToLong(PhoneConnection::sentNow).max().orElse(0) + 1);
    schedule = null;
    done = null;
    phones.forEach(PhoneConnection::stop);
    if (ending != null) {
      long lost = Math.max(0, offered - acked - refused - unsent);
      ending.complete(
          new FleetResult(
              offered,
              acked,
              refused,
              lost,
              unsent,
              now.measuredNs() / NS_PER_SECOND,
              acks,
              List.copyOf(seconds),
              Map.copyOf(breaks)));
    }
  }

  private void tellSecond() {
    LoadSchedule now = schedule;
    if (now == null) {
      return;
    }
    Second told =
        new Second(
            seconds.size(),
            secondAcked,
            secondRefused,
            secondFailed,
            now.closed() ? 0 : waiting() * now.batch(),
            second.ms(50),
            second.ms(99),
            second.maxMs());
    seconds.add(told);
    listener.accept(told);
    second.reset();
    secondAcked = 0;
    secondRefused = 0;
    secondFailed = 0;
    long nextNs = now.startNs() + (seconds.size() + 1) * LoadSchedule.NS_PER_SECOND;
    after(nextNs - System.nanoTime(), this::tellSecond);
  }

  private long waiting() {
    return phones.stream().mapToLong(PhoneConnection::waiting).sum();
  }

  private LoadSchedule running() {
    LoadSchedule now = schedule;
    if (now == null) {
      throw new IllegalStateException("no run of this fleet goes on");
    }
    return now;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is scheduled tells of itself
  private void after(long delayNs, Runnable action) {
    sender.loop().schedule(action, Math.max(0, delayNs), TimeUnit.NANOSECONDS);
  }
}
