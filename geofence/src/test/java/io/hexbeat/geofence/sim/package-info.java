/**
 * A labelled world for tests and for {@code hexbeat sim}: a city of customers, people who visit
 * them, what their phones send with all that goes wrong on the way, and the truth beside it. Seeded
 * and without a clock, so that a seed is a data set; everything is made by one thread.
 *
 * <pre>
 *   SimCity ─▶ HonestPerson ─▶ DayPlan ─▶ TrueTrack ─▶ Noise + PhoneLog ─▶ PersonDay ─▶ Attack ─▶ PersonDay
 *                                             └──────▶ TrueVisit
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence.sim;
