-- Visits: made of transitions, positions and punches, and made again whenever one of these comes late.
--
-- visit_work is what the projector leaves for it, in the transaction that stores the records: whose visits are to be
-- looked at again, over which time. With a device it says that fixes of that time came late, and presence is to be asked
-- what it would have said. A row is deleted in the transaction that stores the visits.
create table visit_work (
  id       bigint   generated always as identity primary key,
  member   int      not null,
  device   int,
  from_ms  bigint   not null,
  to_ms    bigint   not null,
  quiet    boolean  not null default false
);

comment on column visit_work.quiet is 'nobody is told live of what it changes';

create table visits (
  id                text     primary key,
  member            int      not null,
  fence             int      not null,
  status            text     not null check (status in ('open', 'closed', 'withdrawn')),
  arrived_ms        bigint   not null,
  left_ms           bigint,
  dwell_ms          bigint,
  arrived_inferred  boolean  not null,
  left_inferred     boolean  not null,
  removed           boolean  not null,
  punch_only        boolean  not null,
  late              boolean  not null default false,
  -- [{id, kind, at_ms, verdict, place}]
  punches           jsonb    not null default '[]',
  version           int      not null default 1,
  changed_ms        bigint   not null
);

create index visits_time on visits (arrived_ms, id);
create index visits_member_time on visits (member, arrived_ms, id);
create index visits_fence_time on visits (fence, arrived_ms, id);
create index visits_open on visits (member) where status = 'open';

-- What a visit said before it was amended.
create table visit_versions (
  id           text     not null,
  version      int      not null,
  body         jsonb    not null,
  replaced_ms  bigint   not null,
  cause        text     not null,
  primary key (id, version)
);

-- Where late fixes were taken into account: between the two times the late_steps are true, and not what transitions
-- up to the index say.
create table late_spans (
  id          bigint  generated always as identity primary key,
  member      int     not null,
  device      int     not null,
  from_ms     bigint  not null,
  to_ms       bigint  not null,
  upto_index  bigint  not null
);

create index late_spans_member on late_spans (member, to_ms);

create table late_steps (
  member         int      not null,
  device         int      not null,
  fence          int      not null,
  kind           text     not null,
  at_ms          bigint   not null,
  inferred       boolean  not null,
  journal_index  bigint   not null,
  ordinal        smallint not null
);

create index late_steps_member_time on late_steps (member, at_ms);

-- What was projected before there were visits.
insert into visit_work (member, from_ms, to_ms, quiet)
  select member, min(at_ms), max(at_ms), true from transitions group by member;
insert into visit_work (member, from_ms, to_ms, quiet)
  select member, min(at_ms), max(at_ms), true from punches group by member;
