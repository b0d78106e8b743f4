// Gentle notes over the map for new alerts, and their number in the tab's title while the tab is not looked at.

import { t } from '../i18n.js';
import { alertFact, alertTitle } from '../words.js';
import { h, icon } from './dom.js';

const SHOWN_MS = 9000;
const AT_ONCE = 3;

export class Toasts {
  element = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  #store;
  #onOpen;

  constructor(store, onOpen) {
    this.#store = store;
    this.#onOpen = onOpen;
    store.on('alert-raised', (alert) => this.#show(alert));
    store.on('alerts', () => this.#paintTitle());
  }

  /** A word about what did not work. */
  say(words) {
    this.#put('critical', h('p', { class: 'toast-main', 'data-testid': 'toast-said', text: words }));
  }

  #show(alert) {
    const sub = [this.#store.memberName(alert.member), alertFact(alert)].filter(Boolean).join(' · ');
    const main = h('button', { type: 'button', class: 'toast-main' }, h('span', { class: 'toast-kicker', text: t('toast.newAlert') }), h('span', { class: 'row-title', text: alertTitle(alert) }), h('span', { class: 'row-sub', text: sub }));
    const close = this.#put(alert.severity, main);
    main.addEventListener('click', () => {
      close();
      this.#onOpen(alert.id);
    });
  }

  #put(severity, main) {
    const toast = h('div', { class: `toast severity-${severity}` }, main, h('button', { type: 'button', class: 'icon-button', 'aria-label': t('toast.dismiss'), onclick: close }, icon('close')));
    let timer = setTimeout(close, SHOWN_MS);
    toast.addEventListener('pointerenter', () => clearTimeout(timer));
    toast.addEventListener('pointerleave', () => (timer = setTimeout(close, SHOWN_MS / 3)));
    this.element.prepend(toast);
    while (this.element.children.length > AT_ONCE) this.element.lastElementChild.remove();
    return close;

    function close() {
      clearTimeout(timer);
      toast.classList.add('leaving');
      setTimeout(() => toast.remove(), 200);
    }
  }

  #paintTitle() {
    const open = this.#store.openAlerts().length;
    document.title = open ? `(${open > 99 ? '99+' : open}) Hexbeat` : 'Hexbeat';
  }
}
