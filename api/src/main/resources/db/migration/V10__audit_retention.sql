-- Where the audit log begins: number and hash of the last row that was deleted for its age; 0 and zeros before that.
create table audit_begin (
  one  boolean primary key default true check (one),
  seq  bigint not null,
  hash bytea not null
);
insert into audit_begin (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function audit_begin_moves() returns trigger language plpgsql as $$
begin
  if new.seq <= old.seq or not exists (select from audit where seq = new.seq and hash = new.hash) then
    raise exception 'audit_begin moves on to a row that is there, never back';
  end if;
  return new;
end
$$;
create trigger audit_begin_moves before update on audit_begin for each row execute function audit_begin_moves();
create trigger audit_begin_stays before delete or truncate on audit_begin
  for each statement execute function audit_refuse();

-- Rows go from the first on, up to there and no further.
create function audit_refuse_row() returns trigger language plpgsql as $$
begin
  if old.seq > (select seq from audit_begin) then
    raise exception '% is append-only', tg_table_name;
  end if;
  return old;
end
$$;
drop trigger audit_append_only on audit;
create trigger audit_append_only before update or truncate on audit
  for each statement execute function audit_refuse();
create trigger audit_kept before delete on audit for each row execute function audit_refuse_row();

do $$
begin
  execute format('grant delete on audit to %I', current_user);
end
$$;
