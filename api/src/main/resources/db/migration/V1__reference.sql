-- Reference data. Handles are what journals speak: given once, never again, so rows that journals
-- refer to (members, devices, fences) are marked as deleted and stay.

create table teams (
  handle     integer generated always as identity primary key,
  id         text not null,
  name       text not null,
  parent     integer references teams (handle),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index teams_id on teams (id) where deleted_at is null;

create table members (
  handle     integer generated always as identity primary key,
  id         text not null,
  name       text not null,
  team       integer not null references teams (handle),
  time_zone  text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index members_id on members (id) where deleted_at is null;
create index members_team on members (team) where deleted_at is null;

-- The version of a user's credentials is a number that was never given before: a token of a deleted
-- account must not fit an account that later takes the same id.
create sequence credentials_version;

create table users (
  id                  text primary key,
  name                text,
  role                text not null check (role in ('admin', 'manager', 'member')),
  member              integer references members (handle),
  password_hash       text not null,
  credentials_version bigint not null default nextval('credentials_version'),
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now()
);

create table team_managers (
  team    integer not null references teams (handle),
  user_id text not null references users (id) on delete cascade,
  primary key (team, user_id)
);

-- One row an enrolment: the same phone under another member is another row with another handle.
create table devices (
  handle      integer generated always as identity primary key,
  id          text not null,
  member      integer not null references members (handle),
  label       text,
  token_hash  text not null unique,
  enrolled_at timestamptz not null default now(),
  revoked_at  timestamptz,
  replaced_by integer references devices (handle)
);
create unique index devices_id on devices (id) where revoked_at is null;
create index devices_member on devices (member);

-- east is west plus the width, so a fence over the antimeridian has an east beyond 180.
create table fences (
  handle        integer generated always as identity primary key,
  id            text not null,
  name          text not null,
  customer      text,
  tags          text[] not null default '{}',
  active_from   timestamptz,
  active_to     timestamptz,
  presence      jsonb,
  geometry      jsonb not null,
  radius_m      double precision,
  west          double precision not null,
  south         double precision not null,
  east          double precision not null,
  north         double precision not null,
  index_version bigint not null,
  updated_at    timestamptz not null default now(),
  updated_by    text not null,
  deleted_at    timestamptz
);
create unique index fences_id on fences (id) where deleted_at is null;

create table fence_index (
  one     boolean primary key default true check (one),
  version bigint not null
);
insert into fence_index (version) values (0);

-- What the server must remember about itself, such as the key that signs tokens.
create table secrets (
  name       text primary key,
  value      text not null,
  created_at timestamptz not null default now()
);
