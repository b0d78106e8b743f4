// What the page asks the device port, and the punches that wait until they can be sent. A punch keeps its id however often
// it is sent, so that it counts once.

const OUTBOX = 'hexbeat.outbox';
const TOKEN = 'hexbeat.token';
const TIMEOUT_MS = 20000;

/** Refused by the server: to send it again would change nothing. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Not heard, or told to wait. */
export class Unreached extends Error {}

export class Doors {
  #token;

  constructor(token) {
    this.#token = token;
  }

  get(path) {
    return this.#send('GET', path);
  }

  post(path, body) {
    return this.#send('POST', path, body);
  }

  async #send(method, path, body) {
    let response;
    try {
      response = await fetch(path, {
        method,
        headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (error) {
      throw new Unreached(error.message);
    }
    const json = await response.json().catch(() => ({}));
    if (response.ok) return json;
    if (response.status === 429 || response.status >= 500) throw new Unreached(json.detail ?? String(response.status));
    throw new Refused(response.status, json.errors?.map((each) => `${each.pointer} ${each.reason}`).join('; ') || json.detail || String(response.status));
  }
}

export const kept = {
  token: () => read(TOKEN),
  keepToken: (token) => localStorage.setItem(TOKEN, JSON.stringify(token)),
  forgetToken: () => localStorage.removeItem(TOKEN),
  punches: () => read(OUTBOX) ?? [],
  keep: (punch) => localStorage.setItem(OUTBOX, JSON.stringify([...kept.punches().filter((each) => each.id !== punch.id), punch])),
  forget: (id) => localStorage.setItem(OUTBOX, JSON.stringify(kept.punches().filter((each) => each.id !== id))),
};

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
