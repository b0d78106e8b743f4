-- An area is a territory: people come and go, but nobody is at a customer's for being in it.
alter table fences
  add column kind text not null default 'site' check (kind in ('site', 'area'));
