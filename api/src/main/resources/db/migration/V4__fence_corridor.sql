-- Metres to either side of a LineString's line.
alter table fences add column half_width_m double precision;
