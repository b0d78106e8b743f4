-- The coordinate system of a phone's positions where they don't say it themselves; null leaves it to the door.
alter table devices
  add column coord_type text check (coord_type in ('wgs84', 'gcj02', 'bd09'));
