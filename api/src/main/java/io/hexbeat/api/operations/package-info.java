/**
 * What operations ask: is it alive, is it ready, how does it do. Probes run on event loops, scrapes
 * on workers; both only read what others write.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.operations;
