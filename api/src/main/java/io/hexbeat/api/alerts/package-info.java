/**
 * Alerts as people see them: one open alert a cause and person, made of occurrences that the
 * journal or a job beside it has found. Any thread; all state is PostgreSQL's.
 */
@NullMarked
package io.hexbeat.api.alerts;

import org.jspecify.annotations.NullMarked;
