-- What the journal says, as tables for history and search. The journal is the truth: each of these tables can be
-- emptied (with projection_progress) and is filled again from it, but for the columns of alerts that people write.
--
-- Members, devices and fences are named by handle, with no foreign keys: history outlives what it speaks of, and a
-- projection must never fail because somebody was deleted. Times are Unix milliseconds as in the journal, because a
-- phone may send any 64-bit number and timestamptz can't hold all of them. (shard, journal_index) is a record's place
-- in the journal.

-- Partitioned by UTC day of effective_ms: the fix time, or the receive time when the fix claims to be from the future.
-- The projector makes a day's partition before the first row of that day; days far in the past share the default one.
create table positions (
  effective_ms   bigint   not null,
  shard          int      not null,
  journal_index  bigint   not null,
  member         int      not null,
  device         int      not null,
  fix_ms         bigint   not null,
  received_ms    bigint   not null,
  lat_e7         int,
  lng_e7         int,
  accuracy_cm    int,
  altitude_cm    int,
  speed_cmps     int,
  bearing_cdeg   int,
  battery_pct    smallint,
  mock           boolean  not null,
  door           smallint not null,
  seq            bigint,
  uptime_ms      bigint,
  fix_order      smallint not null,
  attributes     jsonb
) partition by range (effective_ms);

comment on column positions.fix_order is 'code of FixOrder: what the record was to the live state';
comment on column positions.lat_e7 is '1e-7 degree; null in a heartbeat';

create index positions_member_time on positions (member, effective_ms, journal_index);

create table positions_other partition of positions default;

create table transitions (
  shard          int      not null,
  journal_index  bigint   not null,
  ordinal        smallint not null,
  member         int      not null,
  device         int      not null,
  fence          int      not null,
  kind           text     not null,
  inferred       boolean  not null,
  at_ms          bigint   not null,
  primary key (shard, journal_index, ordinal)
);

create index transitions_member_time on transitions (member, at_ms, journal_index, ordinal);
create index transitions_fence_time on transitions (fence, at_ms);

create table punches (
  shard          int      not null,
  journal_index  bigint   not null,
  punch_id       text     not null,
  phone_id       text,
  member         int      not null,
  device         int      not null,
  kind           text     not null,
  at_ms          bigint   not null,
  fix_ms         bigint,
  received_ms    bigint   not null,
  lat_e7         int,
  lng_e7         int,
  accuracy_cm    int,
  site           int,
  mock           boolean  not null,
  door           smallint not null,
  seq            bigint,
  uptime_ms      bigint,
  attributes     jsonb,
  verdict        text     not null,
  place          text     not null,
  score          smallint not null,
  receipt        jsonb    not null,
  primary key (shard, journal_index)
);

comment on column punches.site is 'handle of the fence that the phone claimed';
comment on column punches.receipt is 'the answer it got, with reasons and figures';

create index punches_member_time on punches (member, at_ms, shard, journal_index);
create index punches_time on punches (at_ms, shard, journal_index);
create index punches_id on punches (punch_id);

create table alerts (
  id             text     primary key,
  shard          int      not null,
  journal_index  bigint   not null,
  member         int      not null,
  device         int      not null,
  kind           text     not null,
  severity       text     not null,
  score          smallint not null,
  raised_ms      bigint   not null,
  body           jsonb    not null,
  -- Written by people, never by the projector.
  status         text     not null default 'open'
                 check (status in ('open', 'acknowledged', 'dismissed', 'confirmed')),
  status_by      text,
  status_at      timestamptz,
  note           text
);

create index alerts_time on alerts (raised_ms, id);
create index alerts_member_time on alerts (member, raised_ms, id);
create index alerts_open on alerts (raised_ms, id) where status = 'open';

-- What could not be used: by the door (no format could read it) or by the projector (a record it could not store).
create table quarantine (
  shard          int      not null,
  journal_index  bigint   not null,
  source         text     not null check (source in ('door', 'projector')),
  member         int,
  device         int,
  received_ms    bigint   not null,
  door           smallint,
  reason         text     not null,
  sent_bytes     int      not null,
  payload        bytea    not null,
  put_aside_at   timestamptz not null default now(),
  primary key (shard, journal_index)
);

create index quarantine_time on quarantine (received_ms, shard, journal_index);

-- The last journal record of each shard that these tables hold; moved in the transaction that stores the records.
create table projection_progress (
  shard          int      primary key,
  journal_index  bigint   not null,
  received_ms    bigint,
  projected_at   timestamptz not null default now()
);
