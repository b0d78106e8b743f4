-- Visits of a member that reach into a time, whatever lies before it; one that is open reaches into all that comes.
create index visits_member_left on visits (member, coalesce(left_ms, 9223372036854775807));

-- Whose name a fence's was when a punch was made there, deleted ones included: visits that are made again ask.
create index fences_names on fences (id, handle);
