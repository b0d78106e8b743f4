/**
 * The limit beside Hexbeat: servers of Vert.x that only answer, and a relay, in a process of their
 * own. What they do in a second is what this machine and this sender leave to any server.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load.floor;
