-- What bounds the quarantine looks for: the oldest of a device and the oldest of all.
create index quarantine_device_time on quarantine (device, received_ms, shard, journal_index);
create index quarantine_put_aside on quarantine (put_aside_at);
