/**
 * Phones as bytes: what each sends by its door and what it hears back, made of templates in which
 * only the digits change, so that the sender is cheaper than what it measures. Everything here
 * belongs to the one loop that sends.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.load.phone;
