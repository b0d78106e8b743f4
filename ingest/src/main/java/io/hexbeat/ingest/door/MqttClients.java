package io.hexbeat.ingest.door;

import io.hexbeat.ingest.DeviceIdentity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which connection each MQTT client has, over all loops: a client id that connects again takes the
 * place of its older connection, which a phone leaves behind whenever it changes networks. Any
 * thread. A client id counts within its device, so that nobody can end another's connection; holds
 * an entry for each open connection and none else.
 */
final class MqttClients {
  private record Client(int deviceHandle, String clientId) {}

  private final Map<Client, MqttConnection> connections = new ConcurrentHashMap<>();

  /** Puts a connection in place and returns the one that had it. */
  @Nullable MqttConnection take(DeviceIdentity who, String clientId, MqttConnection connection) {
    return connections.put(new Client(who.deviceHandle(), clientId), connection);
  }

  void leave(DeviceIdentity who, String clientId, MqttConnection connection) {
    connections.remove(new Client(who.deviceHandle(), clientId), connection);
  }
}
