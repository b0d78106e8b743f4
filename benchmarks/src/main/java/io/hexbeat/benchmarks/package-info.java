/**
 * JMH benchmarks beside the peers that could do the same, one question a class; {@link
 * io.hexbeat.benchmarks.Bench} runs them and reports. Each benchmark runs in forks of its own, on
 * one thread of JMH.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.benchmarks;
