// The live socket: subscribes, hands frames on, and comes back by itself with exponential backoff and jitter.
// States: connecting, live, waiting (a retry is due), offline (the browser says so), closed (signed out).

import { Emitter } from './events.js';

const RATE_HZ = 5;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 10_000;
const SILENCE_PROBE_MS = 30_000;
const SESSION_ENDED = 4401;

export class LiveSocket extends Emitter {
  #session;
  #socket = null;
  #attempt = 0;
  #retryTimer = 0;
  #lastFrameMs = 0;
  #state = 'closed';
  #wasLive = false;
  #cursor;

  constructor(session) {
    super();
    this.#session = session;
  }

  get state() {
    return this.#state;
  }

  open() {
    window.addEventListener('online', this.#retryNow);
    window.addEventListener('offline', this.#wentOffline);
    document.addEventListener('visibilitychange', this.#onVisible);
    this.probeTimer = setInterval(() => this.#probe(), 10_000);
    this.#connect();
  }

  close() {
    window.removeEventListener('online', this.#retryNow);
    window.removeEventListener('offline', this.#wentOffline);
    document.removeEventListener('visibilitychange', this.#onVisible);
    clearInterval(this.probeTimer);
    clearTimeout(this.#retryTimer);
    this.#drop();
    this.#become('closed');
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    this.#drop();
    if (!navigator.onLine) return this.#become('offline');
    this.#become('connecting');
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/v1/live?token=${encodeURIComponent(this.#session.token)}`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#lastFrameMs = Date.now();
      socket.send(JSON.stringify({ type: 'subscribe', rate_hz: RATE_HZ, since: this.#cursor }));
    };
    socket.onmessage = (message) => this.#onFrame(message.data);
    socket.onclose = (event) => (event.code === SESSION_ENDED && socket === this.#socket ? this.#session.logout('login.ended') : this.#onClose(socket));
  }

  #onFrame(text) {
    this.#lastFrameMs = Date.now();
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (frame.cursor) this.#cursor = frame.cursor;
    if (this.#state !== 'live') {
      this.#attempt = 0;
      this.#become('live');
      // The server sends what was missed itself, unless that is more than it keeps.
      if (this.#wasLive && !frame.resumed) this.emit('resumed');
      this.#wasLive = true;
    }
    this.emit('frame', frame);
  }

  #onClose(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    const ceilingMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempt);
    const waitMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
    this.#attempt++;
    this.#become(navigator.onLine ? 'waiting' : 'offline');
    this.#retryTimer = setTimeout(() => this.#retryNow(), waitMs);
    // A refused handshake looks like any other failure to a WebSocket; REST tells an expired token apart.
    if (this.#attempt > 1) this.#session.get('/v1/teams').catch(() => {});
  }

  #retryNow = () => {
    if (this.#state === 'live' || this.#state === 'closed') return;
    this.#connect();
  };

  #wentOffline = () => {
    this.#drop();
    this.#become('offline');
  };

  #onVisible = () => {
    if (!document.hidden) this.#retryNow();
  };

  /** A quiet team and a dead line look alike on the socket: ask over HTTP before giving the line up. */
  async #probe() {
    if (this.#state !== 'live' || Date.now() - this.#lastFrameMs < SILENCE_PROBE_MS) return;
    const socket = this.#socket;
    try {
      await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
      this.#lastFrameMs = Date.now();
    } catch {
      if (socket === this.#socket && socket) {
        this.#drop();
        this.#socket = socket;
        this.#onClose(socket);
      }
    }
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.close();
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('state', state);
  }
}
