-- Who is logged in. A token is known by its hash only; deleting an account ends its sessions.
create table sessions (
  id         text primary key,
  token_hash text not null unique,
  user_id    text not null references users (id) on delete cascade,
  version    bigint not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null,
  address    text not null,
  agent      text
);
create index sessions_user on sessions (user_id);

-- The key that signed tokens before sessions were kept.
delete from secrets where name = 'token-key';

-- The members whom a read of positions was about: a set is stored once, however often it is read.
-- The hash is the SHA-256 of the handles in ascending order, in decimal, with commas.
create table audit_members (
  hash    bytea primary key,
  members integer[] not null
);
create index audit_members_members on audit_members using gin (members);

-- Who did what. The entry is the truth, to the letter; columns beside it are read out of it, to be searched.
-- hash = SHA-256(prev_hash || seq in decimal || newline || entry in UTF-8), the first prev_hash is 32 zeros.
create table audit (
  seq         bigint primary key,
  entry       text not null,
  prev_hash   bytea not null,
  hash        bytea not null,
  at_ms       bigint not null generated always as ((entry::jsonb ->> 'at_ms')::bigint) stored,
  user_id     text generated always as (entry::jsonb ->> 'user') stored,
  action      text not null generated always as (entry::jsonb ->> 'action') stored,
  subject     text generated always as (entry::jsonb ->> 'subject') stored,
  members_set bytea generated always as (decode(entry::jsonb ->> 'members_set', 'hex')) stored
);
create index audit_user on audit (user_id, seq);
create index audit_action on audit (action, seq);
create index audit_subject on audit (subject, seq);
create index audit_at on audit (at_ms);
create index audit_members_set on audit (members_set) where members_set is not null;

-- The end of the chain. Whoever appends holds its row until their transaction ends, so that the chain has the
-- order of commits and no gaps.
create table audit_head (
  one  boolean primary key default true check (one),
  seq  bigint not null,
  hash bytea not null
);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function audit_chain() returns trigger language plpgsql as $$
declare
  head audit_head;
begin
  select * into strict head from audit_head for update;
  new.seq := head.seq + 1;
  new.prev_hash := head.hash;
  new.hash := sha256(head.hash || convert_to(new.seq || E'\n' || new.entry, 'UTF8'));
  update audit_head set seq = new.seq, hash = new.hash;
  return new;
end
$$;
create trigger audit_chain before insert on audit for each row execute function audit_chain();

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end
$$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function audit_refuse();
create trigger audit_members_append_only before update or delete or truncate on audit_members
  for each statement execute function audit_refuse();
create trigger audit_head_stays before delete or truncate on audit_head
  for each statement execute function audit_refuse();

-- A role that is no superuser may not either, even where somebody drops the triggers.
do $$
begin
  execute format('revoke update, delete, truncate on audit, audit_members from public, %I', current_user);
end
$$;
