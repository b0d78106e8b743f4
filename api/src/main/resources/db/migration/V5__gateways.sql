-- One row a credential: a gateway that is made again is another row, so that what was opened with the
-- old token can be told from what the new one opens. Ids and prefixes are of devices.
create table gateways (
  handle          integer generated always as identity primary key,
  id              text not null,
  label           text,
  devices         text[] not null,
  device_prefixes text[] not null,
  token_hash      text not null unique,
  created_at      timestamptz not null default now(),
  revoked_at      timestamptz
);
create unique index gateways_id on gateways (id) where revoked_at is null;
