-- Each policy by which punches and pings are weighed, for ever: a verdict names the version that made it. Only what
-- differs from the defaults is stored. Versions are given once and never again; 0 is what the settings say.
create table trust_policy (
  version   integer primary key check (version > 0),
  policy    jsonb not null,
  edited_at timestamptz not null default now(),
  edited_by text not null
);

-- The shape that a fence had before its last one, to tell a punch that fits only since its site was moved.
alter table fences add column shape_before jsonb;
alter table fences add column shape_edited_at timestamptz;
