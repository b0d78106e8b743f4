// The page for those who run the server: what could not be used, who may send for many, who is told of events, and who did what. Lies over the map until closed.

import { t } from '../i18n.js';
import { Audit } from './audit.js';
import { h, icon } from './dom.js';
import { Gateways } from './gateways.js';
import { Quarantine } from './quarantine.js';
import { TrustPolicy } from './trust.js';
import { Webhooks } from './webhooks.js';

const PANELS = { quarantine: Quarantine, gateways: Gateways, webhooks: Webhooks, trust: TrustPolicy, audit: Audit };

export class OperationsPage {
  element;
  tab;
  #store;
  #session;

  constructor({ store, session, tab = 'quarantine', onClose }) {
    this.#store = store;
    this.#session = session;
    this.tabs = Object.keys(PANELS).map((name) =>
      h('button', { type: 'button', role: 'tab', class: 'tab', id: `tab-${name}`, 'data-testid': `tab-${name}`, 'aria-controls': 'operations-panel', onclick: () => this.show(name), text: t(`${name}.title`) }),
    );
    this.host = h('div', { class: 'operations-body', role: 'tabpanel', id: 'operations-panel' });
    this.element = h(
      'section',
      { class: 'operations', 'aria-label': t('operations.title'), 'data-testid': 'operations-page' },
      h(
        'header',
        { class: 'tabs' },
        h('div', { class: 'tab-list', role: 'tablist', onkeydown: (event) => this.#onTabKey(event) }, this.tabs),
        h('span', { class: 'grow' }),
        h('button', { type: 'button', class: 'icon-button', 'data-testid': 'operations-close', 'aria-label': t('person.close'), title: t('person.close'), onclick: onClose }, icon('close')),
      ),
      this.host,
    );
    this.show(tab);
  }

  show(name) {
    this.tab = name;
    for (const button of this.tabs) {
      const chosen = button.id === `tab-${name}`;
      button.setAttribute('aria-selected', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    this.host.setAttribute('aria-labelledby', `tab-${name}`);
    this.host.replaceChildren(new PANELS[name](this.#session, this.#store).element);
  }

  focus() {
    this.tabs.find((button) => button.tabIndex === 0).focus();
  }

  #onTabKey(event) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const names = Object.keys(PANELS);
    const step = event.key === 'ArrowRight' ? 1 : names.length - 1;
    this.show(names[(names.indexOf(this.tab) + step) % names.length]);
    this.focus();
  }
}
