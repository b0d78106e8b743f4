/**
 * Visits and days: follows the projection, makes visits of what it stored, amends them when
 * something comes late, and serves them with the timelines of days.
 *
 * <pre>
 *   Projector: rows + visit_work -> VisitFollower -> VisitMaker -> visits, visit_versions
 *                                                        |
 *                                                        +-> LiveBoard -> managers' sockets
 * </pre>
 *
 * <p>The follower has one worker thread; routes run on the event loop of their request.
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.api.visits;
