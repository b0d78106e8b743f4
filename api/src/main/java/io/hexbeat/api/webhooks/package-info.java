/**
 * Tells other systems of what happened: events are written beside what they tell of, and sent until
 * they are taken or given up. Any thread; one sender a process.
 */
@NullMarked
package io.hexbeat.api.webhooks;

import org.jspecify.annotations.NullMarked;
