package io.hexbeat.ingest.door;

import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.impl.MqttEndpointImpl;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The socket below an MQTT connection. vertx-mqtt shows none and has no pause of its own, but a
 * door that can't stop reading has no bound; so its field is read, which a version of vertx-mqtt
 * without it answers when this class loads and every test of the door with it. Any thread.
 */
final class MqttSocket {
  private static final VarHandle SOCKET = find();

  private MqttSocket() {}

  static NetSocket of(MqttEndpoint endpoint) {
    return (NetSocketInternal) SOCKET.get((MqttEndpointImpl) endpoint);
  }

  private static VarHandle find() {
    try {
      return MethodHandles.privateLookupIn(MqttEndpointImpl.class, MethodHandles.lookup())
          .findVarHandle(MqttEndpointImpl.class, "conn", NetSocketInternal.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
