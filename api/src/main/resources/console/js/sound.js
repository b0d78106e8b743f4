// The sound of a new alert: off until somebody turns it on, and the choice stays in this browser.

import { Emitter } from './events.js';

const STORAGE_KEY = 'hexbeat.sound';
const QUIET_MS = 3000;
const NOTES_HZ = [660, 880];

class Sound extends Emitter {
  #context = null;
  #playedMs = 0;

  get enabled() {
    return localStorage.getItem(STORAGE_KEY) === 'on';
  }

  /** Browsers let a page sound only after a click: the toggle is one, and lets it be heard. */
  toggle() {
    localStorage.setItem(STORAGE_KEY, this.enabled ? 'off' : 'on');
    this.emit('changed');
    if (this.enabled) this.play();
  }

  /** Two short notes, at most once in a few seconds. */
  play() {
    const nowMs = Date.now();
    if (!this.enabled || nowMs - this.#playedMs < QUIET_MS) return;
    this.#playedMs = nowMs;
    try {
      this.#context ??= new AudioContext();
      NOTES_HZ.forEach((hz, index) => this.#note(hz, this.#context.currentTime + index * 0.14));
    } catch {
      // no sound device: the note on screen is enough
    }
  }

  #note(hz, at) {
    const gain = this.#context.createGain();
    const tone = this.#context.createOscillator();
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + 0.24);
  }
}

export const sound = new Sound();
