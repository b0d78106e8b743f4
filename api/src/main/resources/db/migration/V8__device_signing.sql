-- How a device signs its records. HS256: the material is a salt, from which and from the key file in
-- the data directory the server makes the secret; no secret can be read from here. EdDSA: the
-- device's public key. Both base64url. The number tells a device's keys apart.
alter table devices
  add column signing_alg text check (signing_alg in ('HS256', 'EdDSA')),
  add column signing_material text,
  add column signing_key integer,
  add column signing_required boolean,
  add check (num_nulls(signing_alg, signing_material, signing_key, signing_required) in (0, 4));
