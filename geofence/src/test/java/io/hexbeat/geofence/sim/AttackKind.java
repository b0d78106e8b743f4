package io.hexbeat.geofence.sim;

/** How a day was forged. The attacks themselves stand beside this one, one class each. */
public enum AttackKind {}
