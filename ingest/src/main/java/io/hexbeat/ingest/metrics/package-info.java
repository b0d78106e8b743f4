/**
 * What the data plane tells about itself: counters and latencies of each stage. One thread writes,
 * the scrape thread reads.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.metrics;
