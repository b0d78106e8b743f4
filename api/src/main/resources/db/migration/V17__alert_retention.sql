-- Finds what is older than alert.retention without looking at what is not.
create index alerts_resolved on alerts (last_ms, id) where status = 'resolved';
