/**
 * The hot line: decide, append, apply, publish. A shard's state belongs to its event loop.
 *
 * <pre>
 *  door's loop            shard's loop                                         any thread
 *  Submission --inbox--&gt;  ShardVerticle -&gt; ShardLine -&gt; ShardJournal -&gt; ...     JournalTailer
 *      ^                                    |  decide    append
 *      |                                    v
 *      +------completions-----------------  ShardState -&gt; LiveBoard             LiveFeed
 *                                              apply      publish
 *  at start:  ShardJournal -&gt; ShardState: read, apply; never decide, never publish
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package io.hexbeat.ingest.shard;
