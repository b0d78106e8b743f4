package io.hexbeat.ingest.door;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate and key of a server, which may be exchanged between two handshakes. Any thread. A
 * handshake asks for an alias first and for chain and key by it; the alias names the generation, so
 * that a handshake which an exchange overtakes never mixes an old chain with a new key. The
 * generation before the current one is kept for that.
 */
final class ReloadableKey extends X509ExtendedKeyManager {
  private record Generation(int number, X509KeyManager keys, @Nullable Generation before) {}

  private static final String[] KEY_TYPES = {"RSA", "EC", "EdDSA", "DSA"};

  /** Written by whoever reloads, read by handshakes; null until the first is there. */
  private volatile @Nullable Generation current;

  synchronized void replace(X509KeyManager keys) {
    Generation old = current;
    current =
        old == null
            ? new Generation(0, keys, null)
            : new Generation(
                old.number() + 1, keys, new Generation(old.number(), old.keys(), null));
  }

  /** The alias of a key manager that holds one pair, or null. */
  static @Nullable String onlyAlias(X509KeyManager keys) {
    for (String type : KEY_TYPES) {
      String[] aliases = keys.getServerAliases(type, null);
      if (aliases != null && aliases.length > 0) {
        return aliases[0];
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Generation now = current;
    String alias = now == null ? null : now.keys().chooseServerAlias(keyType, issuers, null);
    return now == null || alias == null ? null : now.number() + ":" + alias;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Generation named = named(alias);
    return named == null ? null : named.keys().getCertificateChain(inner(alias));
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Generation named = named(alias);
    return named == null ? null : named.keys().getPrivateKey(inner(alias));
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  private @Nullable Generation named(String alias) {
    int number = Integer.parseInt(alias, 0, alias.indexOf(':'), 10);
    for (Generation at = current; at != null; at = at.before()) {
      if (at.number() == number) {
        return at;
      }
    }
    return null;
  }

  private static String inner(String alias) {
    return alias.substring(alias.indexOf(':') + 1);
  }
}
