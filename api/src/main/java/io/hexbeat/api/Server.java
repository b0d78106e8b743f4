package io.hexbeat.api;

import io.hexbeat.api.alerts.AlertBook;
import io.hexbeat.api.alerts.AlertDesk;
import io.hexbeat.api.alerts.AlertSweeper;
import io.hexbeat.api.alerts.MemberAlerts;
import io.hexbeat.api.auth.Authenticator;
import io.hexbeat.api.auth.Passwords;
import io.hexbeat.api.enrol.DoorUrls;
import io.hexbeat.api.live.AlertNews;
import io.hexbeat.api.live.LiveLimits;
import io.hexbeat.api.live.LiveParts;
import io.hexbeat.api.live.LiveStats;
import io.hexbeat.api.live.MemberStates;
import io.hexbeat.api.live.OpenAlerts;
import io.hexbeat.api.operations.Metrics;
import io.hexbeat.api.operations.Readiness;
import io.hexbeat.api.passkey.PasskeyEnrolment;
import io.hexbeat.api.passkey.PasskeySettings;
import io.hexbeat.api.passkey.PasskeyStats;
import io.hexbeat.api.passkey.PasskeyVerifier;
import io.hexbeat.api.passkey.PunchPages;
import io.hexbeat.api.projection.Courtesy;
import io.hexbeat.api.projection.Followers;
import io.hexbeat.api.projection.Projector;
import io.hexbeat.api.projection.QuarantineSweeper;
import io.hexbeat.api.store.AuditPruner;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.FenceBook;
import io.hexbeat.api.store.GatewayBook;
import io.hexbeat.api.store.PasskeyBook;
import io.hexbeat.api.store.ReadLog;
import io.hexbeat.api.store.SessionBook;
import io.hexbeat.api.store.SigningSecrets;
import io.hexbeat.api.store.Store;
import io.hexbeat.api.trust.FraudWatch;
import io.hexbeat.api.trust.PolicyBook;
import io.hexbeat.api.visits.VisitFollower;
import io.hexbeat.api.webhooks.Outbox;
import io.hexbeat.api.webhooks.WebhookBook;
import io.hexbeat.api.webhooks.WebhookSender;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.trust.TrustPolicy;
import io.hexbeat.ingest.DeviceRegistry;
import io.hexbeat.ingest.GatewayRegistry;
import io.hexbeat.ingest.door.DevicePort;
import io.hexbeat.ingest.door.Door;
import io.hexbeat.ingest.door.DoorGuard;
import io.hexbeat.ingest.door.DoorStats;
import io.hexbeat.ingest.door.DoorSupplies;
import io.hexbeat.ingest.door.MqttConfig;
import io.hexbeat.ingest.door.MqttPort;
import io.hexbeat.ingest.door.MqttStats;
import io.hexbeat.ingest.door.MqttSupplies;
import io.hexbeat.ingest.door.SignatureChecks;
import io.hexbeat.ingest.door.Sites;
import io.hexbeat.ingest.door.StreamStats;
import io.hexbeat.ingest.door.TcpConfig;
import io.hexbeat.ingest.door.TcpDoor;
import io.hexbeat.ingest.door.TcpSupplies;
import io.hexbeat.ingest.door.TlsFiles;
import io.hexbeat.ingest.journal.JournalException;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.shard.ShardConfig;
import io.hexbeat.ingest.shard.ShardRouter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole Hexbeat, and the only place that wires its parts. Started and closed by one thread, the
 * main one or a test's. Opens in the order data directory, PostgreSQL, reference data, shards
 * (which replay), projector, doors; closes in reverse, so that what was acknowledged is drained. If
 * a part does not open, those before it are closed and the failure is told.
 *
 * <p>Two Vert.x instances: the data plane's loops run shards and doors and nothing else, so that no
 * request of a manager can hold up a ping.
 */
public final class Server {
  static final String VERSION = "0.1.0";

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Duration STEP_LIMIT = Duration.ofMinutes(10);
  private static final int DATABASE_CONNECTIONS = 16;
  private static final int PHONES_REMEMBERED = 1_000_000;

  private final ServerConfig config;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private int apiPort;

  /** Written before phones know it, read by the loops that verify passkeys. */
  private volatile int devicePort;

  /** Null while the door is closed. */
  private @Nullable String tcpUrl;

  /** Null while the door is closed. */
  private @Nullable String mqttUrl;

  private Server(ServerConfig config) {
    this.config = config;
  }

  /** {@code hexbeat serve}. */
  public static void main(String[] words) {
    int status = run(words, System.out, System.err);
    if (status != 0) {
      exit(status);
    }
  }

  /** Returns 0 when the server runs, or the exit code once {@code err} or the log says why not. */
  static int run(String[] words, PrintStream out, PrintStream err) {
    try {
      CommandLine commandLine = CommandLine.parse(words);
      if (commandLine.help()) {
        out.print(CommandLine.HELP);
        return 0;
      }
      Server server = start(commandLine, System.getenv("HEXBEAT_ADMIN_PASSWORD"));
      StopSignals.listen(() -> stop(server));
      out.println(server.readyLine());
      return 0;
    } catch (ConfigException e) {
      err.println("hexbeat: " + e.getMessage());
      return 2;
    } catch (JournalException e) {
      err.println("hexbeat: " + e.getMessage() + cause(e));
      return 1;
    } catch (Exception e) {
      LOG.error("hexbeat could not start: {}", e.getMessage(), e);
      return 1;
    }
  }

  /** As the words and their file say. */
  static Server start(CommandLine commandLine, @Nullable String adminPassword) throws Exception {
    return start(
        ServerConfig.read(Settings.of(commandLine.configFile(), commandLine.settings())),
        adminPassword);
  }

  /**
   * Returns when phones and managers can connect.
   *
   * @param adminPassword for the user admin of an empty store, or null for a random one, told on
   *     standard error
   */
  private static Server start(ServerConfig config, @Nullable String adminPassword)
      throws Exception {
    if (!Boolean.getBoolean("chronicle.analytics.disable")) {
      throw new ConfigException(
          "chronicle.analytics.disable",
          "false",
          "start Java with @jvm.options, so that the journal phones nobody");
    }
    Server server = new Server(config);
    try {
      server.openAll(adminPassword);
      return server;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  private void openAll(@Nullable String adminPassword) throws Exception {
    StartTimes times = StartTimes.begin();
    SoftHeap.limit();
    LOG.info("settings {}", config.effective());
    Transport transport = Loops.transport(config.transport());
    LOG.info("event loops on {}, of {}", transport.name(), Loops.available());
    DataDirectory data = closing(DataDirectory.open(config.dataDir()));
    config.api().checkFree();
    config.device().checkFree();
    if (config.tcp().door() != null) {
      config.tcp().endpoint().checkFree();
    }
    if (config.mqtt().door() != null) {
      config.mqtt().endpoint().checkFree();
    }
    Vertx control = vertx(transport, Math.max(1, config.shards() / 2));
    TlsFiles apiTls = tls(control, config.api());
    TlsFiles deviceTls = tls(control, config.device());
    TlsFiles tcpTls = config.tcp().door() == null ? null : tls(control, config.tcp().endpoint());
    TlsFiles mqttTls = config.mqtt().door() == null ? null : tls(control, config.mqtt().endpoint());
    SigningSecrets signing = data.signing();
    times.done("data");
    String databaseUri = config.pgUri();
    EmbeddedDatabase embedded = null;
    if (databaseUri == null) {
      embedded = closing(EmbeddedDatabase.open(config.dataDir()));
      databaseUri = embedded.uri();
    }
    times.done("postgres");

    Database database =
        await(Database.open(control, databaseUri, DATABASE_CONNECTIONS, config.pgTimeouts()));
    closing(() -> await(database.close()));
    times.done("schema");
    DeviceRegistry devices = new DeviceRegistry();
    Store store = await(Store.open(control, database, ZoneOffset.UTC, devices, signing));
    warnOfAnotherKey(signing, store);
    GatewayRegistry gatewayRegistry = new GatewayRegistry();
    GatewayBook gateways = await(GatewayBook.open(database, gatewayRegistry));
    PasskeyBook passkeys =
        await(PasskeyBook.open(database, store.directory(), config.passkeys().perMember()));
    Passwords passwords = new Passwords(control, config.loginBcryptCost());
    SessionBook sessions =
        closing(
            await(
                SessionBook.open(
                    control,
                    database,
                    store.directory(),
                    config.sessions(),
                    System::currentTimeMillis)));
    Authenticator authenticator = new Authenticator(store, sessions, passwords);
    ReadLog reads =
        ReadLog.open(control, database, config.auditReadsEvery(), System::currentTimeMillis);
    closing(() -> await(reads.close()));
    Optional<String> created = await(authenticator.createFirstAdmin(adminPassword));
    if (created.isPresent() && adminPassword == null) {
      System.err.println(
          "hexbeat: created the user admin with the password "
              + created.get()
              + " (shown this once)");
    }

    times.done("reference");
    FenceIndex index = await(FenceBook.load(control, database, config.presence()));
    times.done("fences");
    PolicyBook policies =
        await(
            PolicyBook.open(
                database,
                TrustPolicy.DEFAULT.withClockSkewMaxMs(config.clockSkewMax().toMillis())));
    LiveBoard board = new LiveBoard();
    Vertx line = vertx(transport, config.shards());
    long[] stored = await(Projector.stored(database.pool(), config.shards()));
    ShardRouter router =
        await(
            ShardRouter.start(
                line,
                shardConfig(data, policies.policy()),
                devices,
                index,
                board,
                shard -> stored[shard]));
    times.done("replay");
    OpenAlerts openAlerts = new OpenAlerts(Clock.systemUTC());
    await(openAlerts.load(database.pool()));
    AlertNews alertNews = new AlertNews(board, openAlerts, store.directory());
    Outbox outbox = new Outbox(Clock.systemUTC(), config.webhooks().maxAge());
    WebhookBook webhooks =
        await(
            WebhookBook.open(
                database.pool(), signing, outbox, config.webhooks(), Clock.systemUTC()));
    WebhookSender webhookSender =
        new WebhookSender(control, database.pool(), webhooks, config.webhooks(), Clock.systemUTC())
            .start();
    closing(() -> await(webhookSender.close()));
    AlertBook alertBook =
        new AlertBook(database.pool(), store.directory(), outbox, config.alerts(), alertNews);
    AlertDesk alertDesk =
        new AlertDesk(database.pool(), store.directory(), outbox, Clock.systemUTC(), alertNews);
    FraudWatch frauds = new FraudWatch(database.pool(), devices, policies.policy(), router::raise);
    frauds.refill();
    closing(frauds::close);
    Projector projector =
        new Projector(
            control,
            database.pool(),
            config.shards(),
            router::tailer,
            Clock.systemUTC(),
            config.pgTimeouts().statement().multipliedBy(2),
            new Courtesy(
                Math.max(1, config.projectionBusyRate() / config.shards()), router::loopDelayNs),
            new Followers(alertBook, outbox, store.directory(), frauds::committed));
    closing(() -> await(router.stop()));
    await(projector.start());
    router.projectedUpTo(projector::progress);
    closing(() -> await(projector.stop()));
    closing(() -> drain(projector));
    QuarantineSweeper quarantine =
        closing(
            new QuarantineSweeper(control, database.pool(), config.quarantine(), Clock.systemUTC())
                .start());
    AlertSweeper alertSweeper =
        closing(
            new AlertSweeper(control, database.pool(), config.alerts(), Clock.systemUTC()).start());
    AuditPruner auditPruner =
        closing(new AuditPruner(control, database, config.auditKeep(), Clock.systemUTC()).start());
    Context context = control.getOrCreateContext();
    FenceBook fences =
        new FenceBook(
            control,
            database,
            config.presence(),
            index,
            edited -> on(context, router.adopt(edited)));

    VisitFollower visits =
        new VisitFollower(
            control,
            database.pool(),
            config.visits(),
            config.presence(),
            fences::current,
            board,
            outbox,
            store.directory(),
            Clock.systemUTC(),
            () -> busiest(router));
    await(visits.start());
    closing(() -> await(visits.stop()));
    projector.onVisitWork(visits::wake);
    policies.adoptedBy(
        policy -> {
          frauds.adopt(policy);
          return on(context, router.adopt(policy));
        });

    LiveStats liveStats = new LiveStats();
    LiveParts live =
        new LiveParts(
            board,
            store.directory(),
            authenticator::authenticate,
            fences::id,
            openAlerts,
            new MemberStates(openAlerts, fences::isSite, Clock.systemUTC()),
            liveStats,
            reads,
            LiveLimits.DEFAULT);

    DoorStats doorStats = new DoorStats();
    StreamStats streamStats = new StreamStats();
    DoorGuard guard = new DoorGuard(config.doors().share());
    PasskeyStats passkeyStats = new PasskeyStats();
    String rpId = config.passkeys().rpId();
    DoorSupplies doorSupplies =
        new DoorSupplies(
            config.doors(),
            devices,
            router,
            id -> siteHandle(fences, id),
            doorStats,
            guard,
            config.stream(),
            streamStats,
            new SignatureChecks(),
            new PasskeyVerifier(passkeys, rpId, this::passkeyOrigins, passkeyStats),
            new PunchPages(
                context,
                devices,
                guard,
                store.directory(),
                fences,
                passkeys,
                config.passkeys(),
                new PasskeyEnrolment(
                    control,
                    passkeys,
                    store.directory(),
                    rpId,
                    this::passkeyOrigins,
                    passkeyStats,
                    System::currentTimeMillis)),
            new MemberAlerts(context, database.pool(), alertDesk));
    DevicePort doors = bound(config.device(), DevicePort.open(line, doorSupplies, deviceTls));
    closing(() -> await(doors.close()));
    devicePort = doors.port();
    StreamStats tcpStats = new StreamStats();
    TcpConfig tcpConfig = config.tcp().door();
    if (tcpConfig != null) {
      Endpoint endpoint = config.tcp().endpoint();
      TcpSupplies tcpSupplies = new TcpSupplies(tcpConfig, doorSupplies, gatewayRegistry, tcpStats);
      TcpDoor tcp = bound(endpoint, TcpDoor.open(line, tcpSupplies, tcpTls));
      closing(() -> await(tcp.close()));
      tcpUrl = endpoint.url("tcp", "tls", tcp.port());
    }
    MqttStats mqttStats = new MqttStats();
    MqttConfig mqttConfig = config.mqtt().door();
    if (mqttConfig != null) {
      Endpoint endpoint = config.mqtt().endpoint();
      MqttSupplies mqttSupplies = new MqttSupplies(mqttConfig, doorSupplies, mqttStats);
      MqttPort mqtt = bound(endpoint, MqttPort.open(line, mqttSupplies, mqttTls));
      closing(() -> await(mqtt.close()));
      mqttUrl = endpoint.url("mqtt", "mqtts", mqtt.port());
    }

    Metrics metrics = closing(new Metrics());
    metrics.doors(doorStats);
    metrics.mqtt(mqttStats);
    metrics.streams(Door.STREAM, streamStats);
    metrics.streams(Door.TCP, tcpStats);
    metrics.shards(router);
    metrics.projector(projector);
    metrics.quarantine(quarantine);
    metrics.visits(visits.stats());
    metrics.trust(policies, frauds);
    metrics.live(liveStats, board);
    metrics.webhooks(webhookSender.stats());
    metrics.alerts(openAlerts::size, alertSweeper);
    if (embedded != null) {
      metrics.embeddedPostgres(embedded::restarts);
    }
    metrics.passkeys(passkeyStats, passkeys);
    metrics.access(authenticator.stats(), sessions, reads, auditPruner);
    if (apiTls != null) {
      metrics.tls("api", apiTls);
    }
    if (deviceTls != null) {
      metrics.tls("device", deviceTls);
    }
    if (tcpTls != null) {
      metrics.tls("tcp", tcpTls);
    }
    if (mqttTls != null) {
      metrics.tls("mqtt", mqttTls);
    }
    Readiness readiness = new Readiness(Clock.systemUTC());
    readiness.ready(database.pool(), router, projector, visits.stats());

    ApiParts parts =
        new ApiParts(
            config,
            doorUrls(),
            store,
            database,
            authenticator,
            fences,
            gateways,
            alertDesk,
            webhooks,
            policies,
            passkeys,
            live,
            reads,
            metrics,
            readiness);
    ApiPort api = bound(config.api(), ApiPort.open(control, parts, apiTls));
    closing(() -> await(api.close()));
    apiPort = api.port();
    times.done("doors");
    LOG.info("ready in {} ms: {}, {} fences", times.totalMs(), times, index.size());
  }

  /** A key file that was lost or mixed up makes signatures wrong, which nobody would guess. */
  private static void warnOfAnotherKey(SigningSecrets signing, Store store) throws Exception {
    String first =
        await(store.secrets().keepOnce("signing-key-fingerprint", signing.fingerprint()));
    if (!first.equals(signing.fingerprint())) {
      LOG.warn(
          "signing.key is not the one that this database was used with: put the old one back,"
              + " or register the phones that sign by HS256 again");
    }
  }

  /** What standard output tells whoever started the server. */
  String readyLine() {
    return "hexbeat ready api="
        + config.api().url("http", "https", apiPort)
        + " device="
        + config.device().url("http", "https", devicePort)
        + (tcpUrl == null ? "" : " tcp=" + tcpUrl)
        + (mqttUrl == null ? "" : " mqtt=" + mqttUrl);
  }

  /**
   * Closes in reverse; each part is closed even if one before it fails, whose failure is thrown at
   * the end.
   */
  void close() throws Exception {
    Exception first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        first = first == null ? e : first;
        LOG.error("a part did not close: {}", e.getMessage(), e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private ShardConfig shardConfig(DataDirectory data, TrustPolicy trust) {
    return new ShardConfig(
        data.journal(),
        config.shards(),
        config.sync(),
        config.life(),
        config.inboxSubmissions(),
        config.inboxBytes(),
        config.inboxMaxWait(),
        config.presence(),
        config.givingUp(),
        trust,
        config.passkeys().policy(),
        config.punchIdsKept(),
        PHONES_REMEMBERED);
  }

  private Vertx vertx(Transport transport, int eventLoops) {
    Vertx vertx = Loops.open(transport, eventLoops);
    closing(() -> await(vertx.close()));
    return vertx;
  }

  /** How long a task waits for the loop of the shard that is furthest behind. */
  private static Future<Long> busiest(ShardRouter router) {
    List<Future<Long>> delays = new ArrayList<>();
    for (int shard = 0; shard < router.shards(); shard++) {
      delays.add(router.loopDelayNs(shard));
    }
    return Future.all(delays)
        .map(all -> all.<Long>list().stream().mapToLong(Long::longValue).max().orElse(0));
  }

  private void drain(Projector projector) {
    try {
      projector
          .awaitCaughtUp()
          .await(Math.max(1, config.drainTimeout().toMillis()), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      LOG.warn(
          "stopped before PostgreSQL had everything; the rest follows from the journal at the next start");
    }
  }

  private DoorUrls doorUrls() {
    String device = config.devicePublicUrl();
    String tcp = config.tcp().publicUrl();
    String mqtt = config.mqtt().publicUrl();
    return new DoorUrls(
        device == null ? config.device().url("http", "https", devicePort) : device,
        tcpUrl == null || tcp == null ? tcpUrl : tcp,
        mqttUrl == null || mqtt == null ? mqttUrl : mqtt);
  }

  /** Of the pages that may use passkeys: those that were set, or the device port's own. */
  private List<String> passkeyOrigins() {
    List<String> set = config.passkeys().origins();
    return set.isEmpty() ? List.of(PasskeySettings.originOf(doorUrls().device())) : set;
  }

  private @Nullable TlsFiles tls(Vertx vertx, Endpoint endpoint) {
    Endpoint.Pem pem = endpoint.tls();
    if (pem == null) {
      return null;
    }
    try {
      TlsFiles files = TlsFiles.open(vertx, pem.chain(), pem.key());
      return closing(files.watch(config.tlsReload()));
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          endpoint.name() + ".tls.cert and .key",
          pem.chain() + " and " + pem.key(),
          "PEM files of a certificate chain and its private key are allowed (" + e + ")");
    }
  }

  /** Waits for a port; one that another program took meanwhile is the operator's to change. */
  private static <T> T bound(Endpoint endpoint, Future<T> opening) throws Exception {
    try {
      return await(opening);
    } catch (IOException e) {
      throw endpoint.notBound(e);
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.push(part);
    return part;
  }

  private static int siteHandle(FenceBook fences, String id) {
    Fence fence = fences.fence(id);
    if (fence == null) {
      return Sites.UNKNOWN;
    }
    return fence.isSite() ? fence.handle() : Sites.AREA;
  }

  /** Brings a result of the data plane's loops to one of the control plane's. */
  private static Future<Void> on(Context context, Future<Void> done) {
    Promise<Void> here = Promise.promise();
    done.onComplete(result -> context.runOnContext(now -> here.handle(result)));
    return here.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(STEP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes within the limit; what a part that hangs still holds is in the journal. */
  private static void stop(Server server) {
    Duration limit = server.config.shutdownTimeout();
    Thread guard =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(limit.toMillis());
                LOG.error("not stopped within shutdown.timeout={}, ended", limit);
                exit(1);
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
            },
            "hexbeat-stop-limit");
    guard.setDaemon(true);
    guard.start();
    try {
      server.close();
      LOG.info("stopped");
      exit(0);
    } catch (Exception e) {
      exit(1);
    }
  }

  private static String cause(Throwable e) {
    return e.getCause() == null ? "" : " (" + e.getCause() + ")";
  }

  /** Ends at once: a failed start may have left loops running. */
  private static void exit(int status) {
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }
}
