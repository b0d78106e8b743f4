/**
 * Who asks, and what they may see: users, passwords, tokens. Password hashing runs on worker
 * threads, everything else on the event loop of the request.
 */
@NullMarked
package io.hexbeat.api.auth;

import org.jspecify.annotations.NullMarked;
