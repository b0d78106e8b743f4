-- Tracks that have ended, as TrackShapes compares them: one a member and journey, kept for a month. What is younger than
-- a day is read from the positions after a restart; reading a month of them would take too long.
create table track_sketches (
  member    int      not null,
  start_ms  bigint   not null,
  last_ms   bigint   not null,
  layout    smallint not null,
  cells     int[]    not null,
  seconds   int[]    not null,
  primary key (member, start_ms)
);
comment on column track_sketches.layout is 'what the hashes of the cells mean; others than those of this version are left out';
create index track_sketches_time on track_sketches (start_ms);
