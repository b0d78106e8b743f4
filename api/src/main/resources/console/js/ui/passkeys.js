// The passkeys by which one person proves that it is they who punch, in their panel; they are set up on the phone.

import { t } from '../i18n.js';
import { day } from '../format.js';
import { h, icon, question } from './dom.js';

export class Passkeys {
  element;
  #member;
  #session;
  #mayEdit;

  constructor(member, { session }) {
    this.#member = member;
    this.#session = session;
    this.#mayEdit = session.user?.role !== 'member';
    this.list = h('ul', { class: 'phones' });
    this.element = h('section', { 'aria-label': t('passkeys.title'), 'data-testid': 'passkeys' }, h('div', { class: 'section-head' }, h('h3', { text: t('passkeys.title') })), this.list);
    this.reload();
  }

  async reload() {
    try {
      const { passkeys } = await this.#session.get(this.#path());
      if (passkeys.length) this.list.replaceChildren(...passkeys.map((passkey) => this.#row(passkey)));
      else this.list.replaceChildren(h('li', { class: 'hint', text: t('passkeys.none') }));
    } catch {
      this.list.replaceChildren(h('li', { class: 'hint', text: t('person.failed') }));
    }
  }

  #row(passkey) {
    const row = h('li', { class: 'phone', 'data-testid': 'passkey-row', 'data-passkey': passkey.id });
    const show = () => {
      const since = t('passkeys.since', { date: day(Date.parse(passkey.created_at)), phone: passkey.device ?? '–' });
      const kept = t(passkey.may_be_backed_up ? 'passkeys.synchronised' : 'passkeys.bound');
      const name = h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: passkey.label ?? passkey.id }), h('span', { class: 'row-sub', text: since }), h('span', { class: 'row-sub', text: kept }));
      const revoke = h('button', { type: 'button', class: 'button small', 'data-testid': 'passkey-revoke', text: t('phones.revoke'), onclick: ask });
      row.replaceChildren(icon('key'), name, ...(this.#mayEdit ? [revoke] : []));
    };
    const ask = () => {
      const asked = question(t('passkeys.revokeAsk'), t('phones.revoke'), 'passkey-confirm', {
        act: () => this.#session.delete(`${this.#path()}/${encodeURIComponent(passkey.id)}`),
        done: () => this.reload(),
        back: show,
      });
      row.replaceChildren(asked.element);
      asked.focus();
    };
    show();
    return row;
  }

  #path() {
    return `/v1/members/${encodeURIComponent(this.#member.id)}/passkeys`;
  }
}
