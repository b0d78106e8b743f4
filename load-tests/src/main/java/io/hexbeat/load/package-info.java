/**
 * The load generator: an open-loop fleet of phones and a probe on a manager's socket, both over
 * real ports. One Vert.x loop sends, one listens; nothing of the server runs in this process.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load;
