-- The passkeys by which members prove who punches. A passkey is never used again once it was revoked: one that is
-- enrolled anew is another row. No secret: the public key can only verify.
create table passkeys (
  handle        integer generated always as identity primary key,
  member        integer not null references members (handle),
  credential_id text not null,
  public_key    bytea not null,
  counter       bigint not null,
  flags         smallint not null,
  aaguid        text,
  transports    text[] not null,
  label         text,
  device        integer not null references devices (handle),
  created_at    timestamptz not null default now(),
  revoked_at    timestamptz
);
create unique index passkeys_credential on passkeys (credential_id) where revoked_at is null;
create index passkeys_member on passkeys (member);

comment on column passkeys.public_key is 'COSE key, as the authenticator made it';
comment on column passkeys.counter is 'signatures made when it was enrolled; later ones are in the journal';
comment on column passkeys.flags is 'of the authenticator data at enrolment: 4 user verified, 8 may be backed up, 16 is';
comment on column passkeys.device is 'the phone that enrolled it';

-- A punch of which a passkey proved afterwards who made it: the receipt is that of the proof.
alter table punches
  add column first_receipt jsonb,
  add column proven_ms bigint;

comment on column punches.first_receipt is 'the answer it got before it was proven who made it';
