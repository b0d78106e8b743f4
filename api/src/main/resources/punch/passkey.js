// Passkeys: made for the member, and used over a punch's own content. Nothing here is a secret but what the phone keeps.

export const available = Boolean(window.isSecureContext && window.PublicKeyCredential && window.crypto?.subtle);

/** The content of a punch as server and phone write it, over whose SHA-256 is signed; see docs/passkeys.md. */
export function canonical(punch, member) {
  return [
    'hexbeat-punch-v1',
    `id:${punch.id}`,
    `kind:${punch.kind}`,
    `at:${punch.at}`,
    `lat_e7:${e7(punch.lat)}`,
    `lng_e7:${e7(punch.lng)}`,
    `accuracy_cm:${punch.accuracy_m == null ? '' : Math.round(Math.min(punch.accuracy_m, 20037508) * 100)}`,
    `coord_type:${punch.coord_type ?? ''}`,
    `site:${punch.site ?? ''}`,
    `member:${member}`,
  ].join('\n');
}

/** The nearest ten-millionth of a degree, halves away from zero. */
function e7(degrees) {
  if (degrees == null) return '';
  const scaled = degrees * 10000000;
  return String(scaled < 0 ? 0 - Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5));
}

/** Lets the person prove that they are there, over this punch: what goes into its {@code passkey}. */
export async function prove(punch, member, rpId, credentialIds) {
  const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(punch, member)));
  const credential = await navigator.credentials.get({
    publicKey: {
      challenge,
      rpId,
      allowCredentials: credentialIds.map((id) => ({ type: 'public-key', id: bytes(id) })),
      userVerification: 'required',
      timeout: 120000,
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    credential_id: text(credential.rawId),
    client_data_json: text(clientDataJSON),
    authenticator_data: text(authenticatorData),
    signature: text(signature),
    ...(userHandle?.byteLength && { user_handle: text(userHandle) }),
  };
}

/** Makes a passkey as the server asks for it: what it takes for enrolment. */
export async function make(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) })),
    },
  });
  const { clientDataJSON, attestationObject } = credential.response;
  return {
    id: text(credential.rawId),
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(clientDataJSON),
      attestationObject: text(attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
