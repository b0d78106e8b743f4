/**
 * The demo: a real city's day, replayed as phones through the public doors. Everything after
 * start-up runs on one Vert.x loop.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load.demo;
