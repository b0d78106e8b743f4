// Light and dark. The choice is stored; without one the system's preference rules, also when it changes at dusk.

import { Emitter } from './events.js';

const STORAGE_KEY = 'hexbeat.theme';
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

class Theme extends Emitter {
  get name() {
    return document.documentElement.dataset.theme;
  }

  start() {
    this.#apply();
    systemDark.addEventListener('change', () => this.#apply());
  }

  toggle() {
    localStorage.setItem(STORAGE_KEY, this.name === 'dark' ? 'light' : 'dark');
    this.#apply();
  }

  /** A colour of css/tokens.css, for what is drawn on canvas. */
  color(token) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
  }

  #apply() {
    const name = localStorage.getItem(STORAGE_KEY) ?? (systemDark.matches ? 'dark' : 'light');
    if (name === this.name && this.applied) return;
    this.applied = true;
    document.documentElement.dataset.theme = name;
    this.emit('changed', name);
  }
}

export const theme = new Theme();
