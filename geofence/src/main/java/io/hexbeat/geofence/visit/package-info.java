/**
 * What presence and punches say of visits: who was at which customer from when to when. Pure
 * functions of a member's stored steps, fixes and punches; any thread, one call at a time an
 * object.
 *
 * <pre>
 *   steps ------------------+
 *   late fixes -> LateReplay +-> Stay.of -> VisitBuilder -> Visit
 *   punches ----------------+
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.geofence.visit;
