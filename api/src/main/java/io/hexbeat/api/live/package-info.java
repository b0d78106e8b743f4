/**
 * Live positions and events on managers' sockets: {@code LiveFeed -> session -> WebSocket}. Each
 * API event loop has its own feed and its own sockets; a session never leaves its loop.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.live;
