// The signed-in session: the token lives in sessionStorage, so a closed tab forgets it.
// Every REST call of the console goes through here: one place for the bearer token, for a 401, for paging and for
// the server's clock (ages on screen are measured against the server, not against a laptop that runs five minutes late).

import { Emitter } from './events.js';

const TOKEN_KEY = 'hexbeat.token';
const USER_KEY = 'hexbeat.user';
const NOTICE_KEY = 'hexbeat.notice';
const MAX_PAGES = 40;
const PAGE_ROWS = 1000;

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

export class Session extends Emitter {
  #clockOffsetMs = 0;

  get token() {
    return sessionStorage.getItem(TOKEN_KEY);
  }

  get user() {
    try {
      return JSON.parse(sessionStorage.getItem(USER_KEY) ?? 'null');
    } catch {
      return null;
    }
  }

  /** Milliseconds since the epoch by the server's clock. */
  now() {
    return Date.now() + this.#clockOffsetMs;
  }

  async login(username, password) {
    const answer = await this.#call('POST', '/v1/login', { username, password }, null);
    const user = typeof answer.user === 'object' && answer.user ? answer.user : { username: answer.user ?? username };
    sessionStorage.setItem(TOKEN_KEY, answer.token);
    sessionStorage.setItem(USER_KEY, JSON.stringify(user));
  }

  /** Ends the session, at the server too if that answers. */
  async signOut() {
    await this.delete('/v1/sessions/current').catch(() => {});
    this.logout();
  }

  /** Ends the session here; {@code notice} is a key of words that the sign-in page shows. */
  logout(notice = null) {
    sessionStorage.removeItem(TOKEN_KEY);
    sessionStorage.removeItem(USER_KEY);
    if (notice) sessionStorage.setItem(NOTICE_KEY, notice);
    this.emit('signed-out');
  }

  /** The notice of the session before, once. */
  takeNotice() {
    const notice = sessionStorage.getItem(NOTICE_KEY);
    sessionStorage.removeItem(NOTICE_KEY);
    return notice;
  }

  get(path, query) {
    return this.#authorized('GET', path + queryString(query));
  }

  post(path, body) {
    return this.#authorized('POST', path, body);
  }

  put(path, body, headers = {}) {
    return this.#authorized('PUT', path, body, null, headers);
  }

  /** A body that is text already, of a media type of its own. */
  send(method, path, text, contentType) {
    return this.#authorized(method, path, text, contentType);
  }

  delete(path, headers = {}) {
    return this.#authorized('DELETE', path, undefined, null, headers);
  }

  patch(path, body) {
    return this.#authorized('PATCH', path, body);
  }

  /** An answer as a file. */
  async file(path, query) {
    const response = await fetch(path + queryString(query), { headers: { Authorization: `Bearer ${this.token}` }, cache: 'no-store' });
    if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null));
    return response.blob();
  }

  /** All rows of a paged list, at most {@code limit} of them; the list is found by name, or is the answer itself. */
  async list(path, name, query = {}, limit = 10_000) {
    const rows = [];
    let cursor;
    for (let page = 0; page < MAX_PAGES && rows.length < limit; page++) {
      const answer = await this.get(path, { limit: PAGE_ROWS, ...query, cursor });
      rows.push(...rowsOf(answer, name));
      cursor = nextCursor(answer);
      if (!cursor) break;
    }
    return { rows, more: Boolean(cursor) };
  }

  async #authorized(method, path, body, contentType, more) {
    const token = this.token;
    try {
      return await this.#call(method, path, body, token, contentType, more);
    } catch (error) {
      if (error.status === 401 && token === this.token) this.logout('login.expired');
      throw error;
    }
  }

  async #call(method, path, body, token, contentType = null, more = {}) {
    const headers = { Accept: 'application/json', ...more };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = contentType ?? 'application/json';
    const sentMs = Date.now();
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined || contentType ? body : JSON.stringify(body),
      cache: 'no-store',
    });
    this.#readClock(response.headers.get('date'), sentMs);
    const json = await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(response.status, json);
    return json;
  }

  /** The Date header has whole seconds: only an offset that is surely more than that is taken. */
  #readClock(date, sentMs) {
    const serverMs = Date.parse(date ?? '');
    if (Number.isNaN(serverMs)) return;
    const offsetMs = serverMs + 500 - (sentMs + Date.now()) / 2;
    this.#clockOffsetMs = Math.abs(offsetMs) > 2000 ? offsetMs : 0;
  }
}

export function rowsOf(answer, name) {
  if (Array.isArray(answer)) return answer;
  if (!answer || typeof answer !== 'object') return [];
  for (const key of [name, 'items', 'features']) if (Array.isArray(answer[key])) return answer[key];
  return Object.values(answer).find(Array.isArray) ?? [];
}

export function nextCursor(answer) {
  return answer?.next_cursor ?? answer?.cursor ?? answer?.next ?? null;
}

function queryString(query) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') parameters.set(key, value);
  }
  const text = parameters.toString().replaceAll('%2C', ','); // a bbox is a list: its commas stay commas
  return text ? `?${text}` : '';
}
