package io.hexbeat.ingest;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who each gateway token speaks for, in memory. Any thread; the TCP door reads, the control plane
 * writes after its transaction has committed. Holds hashes of tokens only, as {@link
 * DeviceRegistry} does. A token that isn't here is refused.
 */
public final class GatewayRegistry {
  private final Map<String, GatewayIdentity> byTokenHash = new ConcurrentHashMap<>();
  private final List<Consumer<GatewayIdentity>> revocationListeners = new CopyOnWriteArrayList<>();

  /** The gateway behind a token, or null. */
  public @Nullable GatewayIdentity byToken(String token) {
    return byTokenHash.get(DeviceRegistry.hash(token));
  }

  /** Registers what a token stands for. */
  public void put(String tokenHash, GatewayIdentity gateway) {
    byTokenHash.put(tokenHash, gateway);
  }

  /** From now on the token is refused. */
  public void revoke(String tokenHash) {
    GatewayIdentity gone = byTokenHash.remove(tokenHash);
    if (gone != null) {
      revocationListeners.forEach(listener -> listener.accept(gone));
    }
  }

  /**
   * Tells the listener each gateway whose token is refused from now on. Called on the thread that
   * revokes; must not block.
   */
  public void onRevocation(Consumer<GatewayIdentity> listener) {
    revocationListeners.add(listener);
  }

  /** No longer tells it. */
  public void removeListener(Consumer<GatewayIdentity> listener) {
    revocationListeners.remove(listener);
  }
}
