-- Weekly opening hours of a fence, in its own zone; the server validates both before they come here.
alter table fences
  add column time_zone     text,
  add column opening_hours jsonb;
