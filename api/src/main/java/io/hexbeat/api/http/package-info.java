/**
 * The REST door for people and CRM systems: the OpenAPI document decides what is let in and who may
 * ask, the routes answer. Handlers run on event loops and never wait.
 */
@NullMarked
package io.hexbeat.api.http;

import org.jspecify.annotations.NullMarked;
