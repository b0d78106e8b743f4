package io.hexbeat.ingest.door;

/**
 * What the MQTT door works with. Immutable; its parts may be used from any loop.
 *
 * @param doors what it shares with the device port; of its configuration the limits of a record
 */
public record MqttSupplies(MqttConfig config, DoorSupplies doors, MqttStats stats) {}
