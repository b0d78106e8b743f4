/**
 * JMH benchmarks beside the peers that could do the same, one question a class. Each runs in its
 * own forks, on the threads of JMH.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.benchmarks;
