package io.hexbeat.api;

import io.hexbeat.api.alerts.AlertLimits;
import io.hexbeat.api.console.ConsoleSettings;
import io.hexbeat.api.passkey.PasskeySettings;
import io.hexbeat.api.projection.QuarantineLimits;
import io.hexbeat.api.store.Database;
import io.hexbeat.api.store.SessionLimits;
import io.hexbeat.api.visits.VisitSettings;
import io.hexbeat.api.webhooks.WebhookConfig;
import io.hexbeat.geofence.PresencePolicy;
import io.hexbeat.geofence.trust.MemberTrustState;
import io.hexbeat.geofence.trust.PasskeyPolicy;
import io.hexbeat.geofence.visit.VisitRules;
import io.hexbeat.ingest.door.DoorConfig;
import io.hexbeat.ingest.door.StreamConfig;
import io.hexbeat.ingest.journal.JournalDirectory;
import io.hexbeat.ingest.journal.JournalLife;
import io.hexbeat.ingest.journal.JournalRoll;
import io.hexbeat.ingest.journal.SyncPolicy;
import io.hexbeat.ingest.shard.GivingUp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, read and validated once. The README's table documents each key;
 * {@code effective} is logged at start with secrets masked.
 *
 * @param dataDir journal, embedded PostgreSQL and its binaries live under it
 * @param api where managers and systems connect
 * @param device where phones connect
 * @param doors what the device port lets in
 * @param tlsReload how often certificates are looked at for a change
 * @param stream limits of the device port's WebSocket
 * @param tcp where gateways connect
 * @param mqtt where phones that speak MQTT connect
 * @param transport what the event loops wait on, one of {@link Loops#NAMES}
 * @param pgUri a PostgreSQL server to use, or null for the embedded one
 * @param pgTimeouts how long PostgreSQL may take to connect and to run a statement
 * @param projectionBusyRate records a second that are projected at most while the line is short of
 *     time
 * @param shards owners of device state, one event loop each; fixed for a data directory
 * @param sync what an acknowledgement waits for
 * @param life how long journals keep what they hold, and when snapshots are made
 * @param inboxSubmissions requests that may wait for one shard: beyond it 503, so that latency
 *     stays bounded
 * @param inboxBytes and their bytes, so that memory stays bounded
 * @param inboxMaxWait age of what waits longest from which phones get 503, so that an answer comes
 *     soon or not at all
 * @param clockSkewMax how far ahead of the server a phone's clock may be
 * @param presence the default presence policy
 * @param givingUp when a silent phone is taken to be nowhere
 * @param passkeys for whom passkeys are made and when they are asked for
 * @param punchIdsKept punches a shard remembers to answer a repeated id, about 1 KiB each
 * @param loginBcryptCost work factor of password hashes
 * @param sessions how long logins hold
 * @param auditReadsEvery how long a read of positions waits at most before it is in the audit log
 * @param auditKeep how long a row of the audit log is kept
 * @param drainTimeout how long a stop waits for the projections to catch up
 * @param shutdownTimeout how long a stop may take as a whole
 * @param quarantine how much of what could not be used is kept
 * @param visits what is too short to be a visit, and how late a fix may come to amend one
 * @param alerts how much evidence of an alert is kept
 * @param webhooks how other systems are told
 * @param console what the web console is told
 * @param effective what was set or defaulted, for the log
 */
record ServerConfig(
    Path dataDir,
    Endpoint api,
    Endpoint device,
    DoorConfig doors,
    Duration tlsReload,
    @Nullable String devicePublicUrl,
    StreamConfig stream,
    TcpSettings tcp,
    MqttSettings mqtt,
    String transport,
    @Nullable String pgUri,
    Database.Timeouts pgTimeouts,
    int projectionBusyRate,
    int shards,
    SyncPolicy sync,
    JournalLife life,
    int inboxSubmissions,
    long inboxBytes,
    Duration inboxMaxWait,
    Duration clockSkewMax,
    PresencePolicy presence,
    GivingUp givingUp,
    PasskeySettings passkeys,
    int punchIdsKept,
    int loginBcryptCost,
    SessionLimits sessions,
    Duration auditReadsEvery,
    Duration auditKeep,
    Duration drainTimeout,
    Duration shutdownTimeout,
    QuarantineLimits quarantine,
    VisitSettings visits,
    AlertLimits alerts,
    WebhookConfig webhooks,
    ConsoleSettings console,
    Map<String, String> effective) {

  private static final String PUBLIC_URL =
      "https?://[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,200})?(?<!/)";

  static ServerConfig read(Settings settings) {
    int cores = Runtime.getRuntime().availableProcessors();
    Path dataDir = Path.of(settings.text("data.dir", "data")).toAbsolutePath().normalize();
    int stored =
        JournalDirectory.storedShards(DataDirectory.journal(dataDir)).orElse(Math.min(cores, 64));
    int shards = (int) settings.number("shards", Math.max(1, Math.min(stored, 64)), 1, 64);
    long inboxBytes = settings.number("inbox.bytes", 16L << 20, 1L << 16, 1L << 30);
    Endpoint device = Endpoint.read(settings, "device", 5055);
    ServerConfig config =
        new ServerConfig(
            dataDir,
            Endpoint.read(settings, "api", 8080),
            device,
            DoorSettings.read(settings, device, shards, inboxBytes),
            settings.duration("tls.reload", "10s", Duration.ofSeconds(1), Duration.ofDays(1)),
            publicUrl(settings),
            stream(settings),
            TcpSettings.read(settings, shards),
            MqttSettings.read(settings, shards),
            settings.choice("transport", "auto", Loops.NAMES),
            pgUri(settings),
            pgTimeouts(settings),
            (int) settings.number("projection.busy_rate", 16_000, 100, 100_000_000),
            shards,
            sync(settings),
            life(settings),
            (int) settings.number("inbox.submissions", 4096, 16, 1_048_576),
            inboxBytes,
            settings.duration("inbox.max_wait", "1s", Duration.ofMillis(10), Duration.ofMinutes(5)),
            settings.duration("clock.skew_max", "5m", Duration.ofSeconds(1), Duration.ofDays(1)),
            presence(settings),
            givingUp(settings),
            passkeys(settings),
            (int) settings.number("punch.ids_kept", 50_000, 100, 10_000_000),
            (int) settings.number("login.bcrypt_cost", 12, 4, 16),
            sessions(settings),
            settings.duration(
                "audit.reads_every", "10s", Duration.ofMillis(100), Duration.ofHours(1)),
            settings.duration("audit.keep", "3650d", Duration.ofDays(1), Duration.ofDays(36_500)),
            settings.duration("drain.timeout", "10s", Duration.ZERO, Duration.ofMinutes(10)),
            settings.duration(
                "shutdown.timeout", "30s", Duration.ofSeconds(1), Duration.ofMinutes(30)),
            quarantine(settings),
            visits(settings),
            alerts(settings),
            WebhookSettings.read(settings),
            console(settings),
            settings.effective());
    settings.refuseUnknown();
    return config;
  }

  /** Phones get it within links and codes, so it is checked before the first of them. */
  private static @Nullable String publicUrl(Settings settings) {
    String url = settings.optional("device.public_url");
    if (url != null && !url.matches(PUBLIC_URL)) {
      throw new ConfigException(
          "device.public_url",
          url,
          "http(s)://host[:port][/path] without a slash at the end is allowed");
    }
    return url;
  }

  private static StreamConfig stream(Settings settings) {
    StreamConfig fallback = StreamConfig.DEFAULT;
    Duration day = Duration.ofDays(1);
    return new StreamConfig(
        (int) settings.number("stream.frame_bytes", fallback.maxFrameBytes(), 1_024, 16 << 20),
        (int) settings.number("stream.window", fallback.windowFrames(), 1, 1_024),
        settings.duration("stream.ping_every", "30s", Duration.ofSeconds(1), Duration.ofHours(1)),
        settings.duration("stream.idle_time", "90s", Duration.ofSeconds(1), day));
  }

  private static @Nullable String pgUri(Settings settings) {
    String uri = settings.optional("pg.uri");
    if (uri != null && !Database.isUri(uri)) {
      // the value may hold a password, so it is not repeated
      throw new ConfigException(
          "pg.uri", "***", "postgresql://user:password@host:port/database is allowed");
    }
    return uri;
  }

  private static SyncPolicy sync(Settings settings) {
    List<String> modes = List.of("process", "interval", "commit");
    String mode = settings.choice("journal.sync", "process", modes);
    return new SyncPolicy(
        SyncPolicy.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
        settings.duration(
            "journal.sync_interval",
            SyncPolicy.DEFAULT.interval().toMillis() + "ms",
            Duration.ofMillis(1),
            Duration.ofMinutes(1)));
  }

  private static Database.Timeouts pgTimeouts(Settings settings) {
    Duration second = Duration.ofSeconds(1);
    return new Database.Timeouts(
        settings.duration("pg.connect_timeout", "10s", second, Duration.ofMinutes(5)),
        settings.duration("pg.statement_timeout", "30s", second, Duration.ofHours(1)));
  }

  private static SessionLimits sessions(Settings settings) {
    Duration month = Duration.ofDays(30);
    return new SessionLimits(
        settings.duration("login.session", "12h", Duration.ofMinutes(1), month),
        settings.duration("login.idle", "2h", Duration.ofMinutes(1), month),
        (int)
            settings.number(
                "login.sessions_per_user", SessionLimits.DEFAULT.perUser(), 1, 100_000));
  }

  private static JournalLife life(Settings settings) {
    JournalLife usual = JournalLife.DEFAULT;
    List<String> rolls = List.of(JournalRoll.HOURLY.text(), JournalRoll.DAILY.text());
    return new JournalLife(
        JournalRoll.of(settings.choice("journal.roll", usual.roll().text(), rolls)),
        settings.duration("journal.retention", "7d", Duration.ZERO, Duration.ofDays(3_650)),
        settings.number("journal.snapshot_records", usual.snapshotRecords(), 1_000, 1_000_000_000),
        settings.number("journal.snapshot_bytes", usual.snapshotBytes(), 1L << 20, 1L << 40),
        usual.checkEvery());
  }

  private static QuarantineLimits quarantine(Settings settings) {
    QuarantineLimits usual = QuarantineLimits.DEFAULT;
    return new QuarantineLimits(
        settings.duration("quarantine.keep", "7d", Duration.ofMinutes(1), Duration.ofDays(3_650)),
        (int) settings.number("quarantine.max_rows", usual.maxRows(), 1, 100_000_000),
        (int)
            settings.number(
                "quarantine.max_rows_per_device", usual.maxRowsPerDevice(), 1, 100_000_000));
  }

  private static AlertLimits alerts(Settings settings) {
    AlertLimits usual = AlertLimits.DEFAULT;
    Duration retention =
        settings.duration("alert.retention", "400d", Duration.ofDays(1), Duration.ofDays(36_500));
    Duration journal = life(settings).retention();
    if (retention.compareTo(journal) < 0) {
      throw new ConfigException(
          "alert.retention",
          retention.toDays() + "d",
          "journal.retention or more is allowed, "
              + journal.toDays()
              + "d: a journal that is projected again would raise what was deleted");
    }
    return new AlertLimits(
        (int) settings.number("alert.first_kept", usual.firstKept(), 1, 1_000),
        (int) settings.number("alert.newest_kept", usual.newestKept(), 1, 1_000),
        retention);
  }

  private static VisitSettings visits(Settings settings) {
    Duration day = Duration.ofDays(1);
    return new VisitSettings(
        new VisitRules(
            settings.duration("visits.passing", "5m", Duration.ZERO, day).toMillis(),
            settings.duration("visits.punch_tolerance", "5m", Duration.ZERO, day).toMillis()),
        settings.duration("visits.amend_within", "62d", Duration.ZERO, Duration.ofDays(3_650)));
  }

  private static ConsoleSettings console(Settings settings) {
    try {
      return new ConsoleSettings(
          settings.optional("console.tile_url"),
          settings.optional("console.tile_attribution"),
          settings.choice("console.language", "en", List.of("en", "zh-CN")),
          Server.VERSION);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** Without a word about it, passkeys belong to the host that phones are told, or to this one. */
  private static PasskeySettings passkeys(Settings settings) {
    PasskeyPolicy usual = PasskeyPolicy.DEFAULT;
    String publicUrl = publicUrl(settings);
    String host =
        publicUrl == null ? "" : URI.create(PasskeySettings.originOf(publicUrl)).getHost();
    String domain = host == null || !host.matches(".*[a-z].*") ? "localhost" : host;
    String origins = settings.optional("passkey.origins");
    String required =
        settings.choice("passkey.required", "never", List.of("never", "risk", "always"));
    try {
      return new PasskeySettings(
          settings.text("passkey.rp_id", domain.toLowerCase(Locale.ROOT)),
          origins == null ? List.of() : List.of(origins.strip().split("\\s*,\\s*")),
          (int) settings.number("passkey.per_member", 5, 1, MemberTrustState.PASSKEYS),
          new PasskeyPolicy(
              PasskeyPolicy.Required.valueOf(required.toUpperCase(Locale.ROOT)),
              (int) settings.number("passkey.risk_score", usual.riskScore(), 1, 100),
              settings
                  .duration("passkey.step_up", "10m", Duration.ofSeconds(1), Duration.ofDays(1))
                  .toMillis()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static GivingUp givingUp(Settings settings) {
    Duration minute = Duration.ofMinutes(1);
    Duration year = Duration.ofDays(366);
    return new GivingUp(
        settings.duration("presence.replaced_after", "1h", minute, year),
        settings.duration("presence.silent_after", "24h", minute, year));
  }

  private static PresencePolicy presence(Settings settings) {
    PresencePolicy fallback = PresencePolicy.DEFAULT;
    Duration day = Duration.ofDays(1);
    return new PresencePolicy(
        (int) settings.number("presence.max_accuracy_m", fallback.maxAccuracyMeters(), 1, 10_000),
        (int) settings.number("presence.exit_buffer_m", fallback.exitBufferMeters(), 0, 10_000),
        (int) settings.number("presence.exit_fixes", fallback.exitFixes(), 1, 100),
        settings
            .duration("presence.exit_after", fallback.exitAfterMs() + "ms", Duration.ZERO, day)
            .toMillis(),
        settings
            .duration("presence.dwell", fallback.dwellAfterMs() + "ms", Duration.ZERO, day)
            .toMillis(),
        settings
            .duration("presence.enter_after", fallback.enterAfterMs() + "ms", Duration.ZERO, day)
            .toMillis());
  }
}
