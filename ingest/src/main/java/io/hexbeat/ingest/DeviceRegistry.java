package io.hexbeat.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who each device token speaks for, in memory. Any thread; doors read, the control plane writes
 * after its transaction has committed. Holds SHA-256 hashes of tokens only: a token carries 190
 * random bits, so a slow hash would buy nothing. A token that isn't here is refused.
 */
public final class DeviceRegistry {
  /** Finding the algorithm takes longer than hashing a token. */
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(DeviceRegistry::sha256);

  private final Map<String, DeviceIdentity> byTokenHash = new ConcurrentHashMap<>();
  private final Map<Integer, DeviceIdentity> byHandle = new ConcurrentHashMap<>();
  private final Map<String, DeviceIdentity> byId = new ConcurrentHashMap<>();
  private final List<Consumer<DeviceIdentity>> revocationListeners = new CopyOnWriteArrayList<>();

  /** The identity behind a token, or null. */
  public @Nullable DeviceIdentity byToken(String token) {
    return byTokenHash(hash(token));
  }

  /** The same by its {@link #hash}, for connections that outlive one request. */
  public @Nullable DeviceIdentity byTokenHash(String tokenHash) {
    return byTokenHash.get(tokenHash);
  }

  /** The identity of an enrolment, or null when it is unknown or revoked. */
  public @Nullable DeviceIdentity byHandle(int deviceHandle) {
    return byHandle.get(deviceHandle);
  }

  /** The identity of the phone with this name, or null; for gateways, which send for others. */
  public @Nullable DeviceIdentity byId(String deviceId) {
    return byId.get(deviceId);
  }

  /** Registers or replaces what a token stands for. */
  public void put(String tokenHash, DeviceIdentity identity) {
    byTokenHash.put(tokenHash, identity);
    byHandle.put(identity.deviceHandle(), identity);
    byId.put(identity.deviceId(), identity);
  }

  /** From now on the token is refused. */
  public void revoke(String tokenHash) {
    DeviceIdentity gone = byTokenHash.remove(tokenHash);
    if (gone != null) {
      byHandle.remove(gone.deviceHandle(), gone);
      byId.remove(gone.deviceId(), gone);
      revocationListeners.forEach(listener -> listener.accept(gone));
    }
  }

  /**
   * Tells the listener each identity whose token is refused from now on, so that doors close the
   * connections that were opened with it. Called on the thread that revokes; must not block.
   */
  public void onRevocation(Consumer<DeviceIdentity> listener) {
    revocationListeners.add(listener);
  }

  /** No longer tells it. */
  public void removeListener(Consumer<DeviceIdentity> listener) {
    revocationListeners.remove(listener);
  }

  /** Lower-case hex SHA-256, the form in which a token is stored. */
  public static String hash(String token) {
    byte[] hash = SHA_256.get().digest(token.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
