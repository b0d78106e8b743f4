/**
 * The load generator: an open-loop fleet of phones at every door, live probes on managers' sockets,
 * and the same against bare servers. One Netty loop sends, one listens, both over real ports;
 * nothing of the server runs in this process.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load;
