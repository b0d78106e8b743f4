-- One open alert a cause and person. What the signals said is kept as occurrences of it; what people did with it, as
-- its history. These three tables and webhook_deliveries belong together: none is emptied without the others.
alter table alerts drop constraint alerts_status_check;
alter table alerts
  alter column shard drop not null,
  alter column journal_index drop not null,
  alter column device drop not null,
  add column cause       text,
  add column occurrences int    not null default 1,
  add column last_ms     bigint,
  add column version     int    not null default 1,
  add column assignee    text,
  add column resolution  text check (resolution in ('confirmed', 'honest', 'unclear'));

comment on column alerts.cause is 'what an occurrence must share with it: the signal, and the site or device it speaks of';
comment on column alerts.severity is 'the highest of its occurrences';
comment on column alerts.body is 'its first occurrence, as it was raised';

create table alert_occurrences (
  id             text     primary key,
  alert          text     not null,
  number         int      not null,
  shard          int,
  journal_index  bigint,
  device         int,
  severity       text     not null,
  score          smallint not null,
  raised_ms      bigint   not null,
  body           jsonb
);
comment on column alert_occurrences.body is 'the evidence; dropped between the first and the newest ones';

create table alert_history (
  seq      bigint generated always as identity primary key,
  alert    text   not null,
  at_ms    bigint not null,
  user_id  text,
  action   text   not null,
  detail   jsonb  not null
);
comment on column alert_history.user_id is 'null for the server and for the member whom the alert is about';

-- What there was: acknowledged is assigned to who did it, dismissed was honest. Of several open ones of a cause the
-- first stands, and the others are its occurrences.
update alerts set
  cause = kind || ':' || coalesce('site:' || (body -> 'evidence' ->> 'site'), 'device:' || (body ->> 'device'), ''),
  last_ms = raised_ms,
  assignee = case status when 'acknowledged' then status_by end,
  resolution = case status when 'dismissed' then 'honest' when 'confirmed' then 'confirmed' end,
  status = case status when 'acknowledged' then 'assigned' when 'open' then 'open' else 'resolved' end;

insert into alert_occurrences
select id, keeper, row_number() over (partition by keeper order by id <> keeper, raised_ms, id), shard, journal_index, device,
  severity, score, raised_ms, body
from (
  select *, case when status = 'resolved' then id else first_value(id) over (
    partition by member, cause, status = 'resolved' order by status = 'assigned' desc, raised_ms, id) end as keeper
  from alerts) whose;

delete from alerts a using alert_occurrences o where o.id = a.id and o.alert <> a.id;

update alerts a set
  occurrences = o.count, last_ms = o.last_ms, score = o.score,
  severity = (array['info', 'warning', 'critical'])[o.severity]
from (
  select alert, count(*) as count, max(raised_ms) as last_ms, max(score) as score,
    max(array_position(array['info', 'warning', 'critical'], severity)) as severity
  from alert_occurrences group by alert) o
where o.alert = a.id;

insert into alert_history (alert, at_ms, action, detail)
select id, raised_ms, 'opened', jsonb_build_object('severity', severity) from alerts order by raised_ms, id;
insert into alert_history (alert, at_ms, user_id, action, detail)
select id, (extract(epoch from status_at) * 1000)::bigint, status_by,
  case status when 'assigned' then 'assigned' else 'resolved' end,
  jsonb_strip_nulls(jsonb_build_object('assignee', assignee, 'resolution', resolution, 'note', note))
from alerts where status <> 'open' and status_at is not null order by status_at, id;

alter table alerts
  alter column cause set not null,
  alter column last_ms set not null,
  add check (status in ('open', 'assigned', 'appealed', 'resolved')),
  add check ((status = 'resolved') = (resolution is not null)),
  add check (status <> 'assigned' or assignee is not null);
drop index alerts_open;
create unique index alerts_one_open on alerts (member, cause) where status <> 'resolved';
create unique index alert_occurrences_number on alert_occurrences (alert, number);
create index alert_history_alert on alert_history (alert, seq);

-- An occurrence, once: the same id again changes nothing, so that a journal may be projected again. Its alert is the
-- open one of its cause, or a new one that takes its id. Callers of one member are in order.
create function raise_alert(
  occurrence text, in_shard int, in_journal_index bigint, of_member int, of_device int, of_kind text, of_cause text,
  with_severity text, with_score int, at_ms bigint, evidence jsonb, first_kept int, newest_kept int)
returns table (alert_id text, event text, severity_now text, occurrences_now int, version_now int)
language plpgsql as $$
declare
  ranks constant text[] := array['info', 'warning', 'critical'];
  open_one alerts;
  rises boolean;
begin
  if exists (select from alert_occurrences o where o.id = occurrence) then
    return query select o.alert, 'known', a.severity, a.occurrences, a.version
      from alert_occurrences o join alerts a on a.id = o.alert where o.id = occurrence;
    return;
  end if;
  loop
    select * into open_one from alerts a
      where a.member = of_member and a.cause = of_cause and a.status <> 'resolved' for update;
    exit when found;
    insert into alerts (id, shard, journal_index, member, device, kind, cause, severity, score, raised_ms, last_ms, body)
      values (occurrence, in_shard, in_journal_index, of_member, of_device, of_kind, of_cause, with_severity, with_score,
        at_ms, at_ms, evidence)
      on conflict (member, cause) where status <> 'resolved' do nothing;
    if found then
      insert into alert_occurrences values
        (occurrence, occurrence, 1, in_shard, in_journal_index, of_device, with_severity, with_score, at_ms, evidence);
      insert into alert_history (alert, at_ms, action, detail)
        values (occurrence, raise_alert.at_ms, 'opened', jsonb_build_object('severity', with_severity));
      return query select occurrence, 'opened', with_severity, 1, 1;
      return;
    end if;
    -- Somebody else has opened one meanwhile: it is there to be found now.
  end loop;
  rises := array_position(ranks, with_severity) > array_position(ranks, open_one.severity);
  update alerts a set occurrences = a.occurrences + 1, last_ms = greatest(a.last_ms, raise_alert.at_ms),
      score = greatest(a.score, with_score), severity = case when rises then with_severity else a.severity end,
      version = a.version + rises::int
    where a.id = open_one.id returning * into open_one;
  insert into alert_occurrences
    values (occurrence, open_one.id, open_one.occurrences, in_shard, in_journal_index, of_device, with_severity,
      with_score, at_ms, evidence);
  update alert_occurrences o set body = null
    where o.alert = open_one.id and o.number = open_one.occurrences - newest_kept and o.number > first_kept;
  if rises then
    insert into alert_history (alert, at_ms, action, detail)
      values (open_one.id, raise_alert.at_ms, 'severity', jsonb_build_object('severity', with_severity));
  end if;
  return query
    select open_one.id, 'occurrence', open_one.severity, open_one.occurrences, open_one.version;
end
$$;

-- Where systems are told. A secret is made of its salt and signing.key; after a rotation the one before holds on for a
-- while.
create table webhooks (
  id                text    primary key,
  url               text    not null,
  description       text,
  events            text[]  not null,
  active            boolean not null,
  salt              text    not null,
  earlier_salt      text,
  earlier_until_ms  bigint,
  created_ms        bigint  not null
);

-- What is to be told, written in the transaction of what it tells of. The payload is kept to the letter: it is signed.
create table webhook_deliveries (
  webhook      text     not null references webhooks (id) on delete cascade,
  id           text     not null,
  event        text     not null,
  payload      text     not null,
  status       text     not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempts     int      not null default 0,
  next_ms      bigint   not null,
  created_ms   bigint   not null,
  done_ms      bigint,
  answer       smallint,
  failure      text,
  primary key (webhook, id)
);
create index webhook_deliveries_pending on webhook_deliveries (webhook, next_ms) where status = 'pending';
create index webhook_deliveries_time on webhook_deliveries (webhook, created_ms, id);
