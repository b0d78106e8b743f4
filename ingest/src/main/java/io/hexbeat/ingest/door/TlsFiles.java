package io.hexbeat.ingest.door;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate chain and private key of a door, two PEM files that are read again whenever they
 * change, so that a renewed certificate needs no restart. Any thread. New files are checked before
 * they take the place of the old: readable, of one pair, not expired; else the old pair stays in
 * force, the failure is logged once and counted. Open connections keep what they began with.
 *
 * <p>Every door takes the same {@link #protect options} or {@link #nettyContext context} once; a
 * handshake asks for the pair that is in force.
 */
public final class TlsFiles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

  /** What both sides of a pair are tried on. */
  private static final byte[] SAMPLE = {'h', 'e', 'x', 'b', 'e', 'a', 't'};

  private static final long NO_TIMER = -1;

  private record Content(Buffer chain, Buffer key) {
    static Content read(Path chainFile, Path keyFile) throws IOException {
      return new Content(
          Buffer.buffer(Files.readAllBytes(chainFile)), Buffer.buffer(Files.readAllBytes(keyFile)));
    }
  }

  private final Vertx vertx;
  private final Path chainFile;
  private final Path keyFile;
  private final ReloadableKey pair = new ReloadableKey();
  private final AtomicLong reloads = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();

  /** What was looked at last, usable or not; guarded by the monitor. */
  private @Nullable Content seen;

  private @Nullable String complaint;
  private volatile long expiresMs;
  private long timer = NO_TIMER;

  private TlsFiles(Vertx vertx, Path chainFile, Path keyFile) {
    this.vertx = vertx;
    this.chainFile = chainFile;
    this.keyFile = keyFile;
  }

  /**
   * Reads and checks the files. Blocks, so not for an event loop.
   *
   * @throws IOException if one can't be read
   * @throws GeneralSecurityException if they are no chain and key of one pair
   */
  public static TlsFiles open(Vertx vertx, Path chainFile, Path keyFile)
      throws IOException, GeneralSecurityException {
    TlsFiles files = new TlsFiles(vertx, chainFile, keyFile);
    Content content = Content.read(chainFile, keyFile);
    files.seen = content;
    files.use(content);
    if (files.expiresMs() < System.currentTimeMillis()) {
      log.warn(
          "certificate {} expired at {}: clients will refuse it",
          chainFile,
          Instant.ofEpochMilli(files.expiresMs()));
    }
    return files;
  }

  /** Looks at the files again and again, until closed; on a worker thread. */
  public TlsFiles watch(Duration every) {
    timer = vertx.setPeriodic(every.toMillis(), tick -> vertx.executeBlocking(this::reload, false));
    return this;
  }

  /** Turns TLS on for a server of Vert.x: HTTP, TCP or MQTT. */
  public void protect(NetServerOptions options) {
    options.setSsl(true).setKeyCertOptions(KeyCertOptions.wrap(pair));
  }

  /** For a pipeline of Netty's own; to be made once, follows the files like the others. */
  public SslContext nettyContext() throws SSLException {
    return SslContextBuilder.forServer(pair).build();
  }

  /** Takes changed files into use; whether it did. Blocks, so not for an event loop. */
  public synchronized boolean reload() {
    try {
      Content content = Content.read(chainFile, keyFile);
      if (content.equals(seen)) {
        return false;
      }
      seen = content;
      use(content);
    } catch (IOException | GeneralSecurityException e) {
      complain(e);
      return false;
    }
    complaint = null;
    reloads.incrementAndGet();
    log.info("certificate {} reloaded, good until {}", chainFile, Instant.ofEpochMilli(expiresMs));
    return true;
  }

  /** Times that changed files were taken into use. */
  public long reloads() {
    return reloads.get();
  }

  /** Times that changed files were found unusable and the old ones stayed. */
  public long refusals() {
    return refusals.get();
  }

  /** When the certificate in force ends. */
  public long expiresMs() {
    return expiresMs;
  }

  /** Stops watching; what is in force stays. */
  @Override
  public void close() {
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
    }
  }

  /** Each state of the files is told and counted once, not at every look. */
  private void complain(Exception e) {
    String now = e.toString();
    if (now.equals(complaint) && e instanceof IOException) {
      return;
    }
    complaint = now;
    refusals.incrementAndGet();
    log.error("certificate {} not reloaded, the old one stays: {}", chainFile, now);
  }

  private void use(Content content) throws GeneralSecurityException {
    X509KeyManager read = read(content);
    String alias = ReloadableKey.onlyAlias(read);
    X509Certificate[] chain = alias == null ? null : read.getCertificateChain(alias);
    PrivateKey key = alias == null ? null : read.getPrivateKey(alias);
    if (chain == null || chain.length == 0 || key == null) {
      throw new GeneralSecurityException("there is no certificate or no private key in the files");
    }
    checkPair(chain[0], key);
    long endsMs = chain[0].getNotAfter().toInstant().toEpochMilli();
    if (expiresMs != 0 && endsMs < System.currentTimeMillis()) {
      throw new GeneralSecurityException("it expired at " + Instant.ofEpochMilli(endsMs));
    }
    expiresMs = endsMs;
    pair.replace(read);
  }

  private X509KeyManager read(Content content) throws GeneralSecurityException {
    try {
      return (X509KeyManager)
          new PemKeyCertOptions()
              .setCertValue(content.chain())
              .setKeyValue(content.key())
              .getKeyManagerFactory(vertx)
              .getKeyManagers()[0];
    } catch (GeneralSecurityException e) {
      throw e;
    } catch (Exception e) {
      throw new GeneralSecurityException("not a PEM chain and key: " + e.getMessage(), e);
    }
  }

  private static void checkPair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "DSA" -> "SHA256withDSA";
          default -> key.getAlgorithm();
        };
    boolean fits;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(SAMPLE);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException("the private key does not fit the certificate", e);
    }
    if (!fits) {
      throw new GeneralSecurityException("the private key does not fit the certificate");
    }
  }
}
