// The phones of one person, in their panel: which are registered, and the ways to add, renew and refuse one.

import { t } from '../i18n.js';
import { day } from '../format.js';
import { EnrolDialog } from './enrol.js';
import { h, icon } from './dom.js';

export class Phones {
  element;
  #member;
  #session;
  #store;
  #mayEdit;

  constructor(member, { session, store }) {
    this.#member = member;
    this.#session = session;
    this.#store = store;
    this.#mayEdit = session.user?.role !== 'member';
    this.list = h('ul', { class: 'phones' });
    const add = h('button', { type: 'button', class: 'button small', 'data-testid': 'add-phone', onclick: () => this.#enrol(null) }, icon('plus'), t('phones.add'));
    this.element = h('section', { 'aria-label': t('phones.title') }, h('div', { class: 'section-head' }, h('h3', { text: t('phones.title') }), this.#mayEdit ? add : null), this.list);
    this.reload();
  }

  async reload() {
    try {
      const { rows } = await this.#session.list(this.#path(), 'devices');
      this.#paint(rows.filter((phone) => !phone.revoked_at));
    } catch {
      this.list.replaceChildren(h('li', { class: 'hint', text: t('person.failed') }));
    }
  }

  #paint(phones) {
    if (phones.length) this.list.replaceChildren(...phones.map((phone) => this.#row(phone)));
    else this.list.replaceChildren(h('li', { class: 'hint', text: t('phones.none') }));
  }

  #row(phone) {
    const row = h('li', { class: 'phone', 'data-testid': 'phone-row', 'data-device': phone.id });
    const name = h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: phone.label ?? phone.id }), h('span', { class: 'row-sub', text: sub(phone) }));
    const ask = (question, verb, act) => {
      const note = h('p', { class: 'hint', role: 'status', text: question });
      const confirmed = async (event) => {
        event.currentTarget.disabled = true;
        try {
          await act();
          this.reload();
        } catch (error) {
          note.textContent = t('phones.failed', { detail: error.message });
        }
      };
      const cancel = h('button', { type: 'button', class: 'button small', text: t('phones.cancel'), onclick: show });
      row.replaceChildren(h('div', { class: 'ask' }, note, h('div', { class: 'buttons' }, cancel, h('button', { type: 'button', class: 'button small danger', 'data-testid': 'phone-confirm', text: verb, onclick: confirmed }))));
      cancel.focus();
    };
    const show = () => {
      const renew = h('button', { type: 'button', class: 'button small', 'data-testid': 'phone-renew', text: t('phones.renew'), onclick: () => ask(t('phones.renewAsk'), t('phones.renew'), async () => this.#enrol(phone)) });
      const revoke = h('button', { type: 'button', class: 'button small', 'data-testid': 'phone-revoke', text: t('phones.revoke'), onclick: () => ask(t('phones.revokeAsk'), t('phones.revoke'), () => this.#revoke(phone)) });
      row.replaceChildren(icon('phone'), name, ...(this.#mayEdit ? [renew, revoke] : []));
    };
    show();
    return row;
  }

  #enrol(phone) {
    new EnrolDialog(this.#member, phone, { session: this.#session, store: this.#store, onEnrolled: () => this.reload() }).open();
  }

  #revoke(phone) {
    return this.#session.delete(`${this.#path()}/${encodeURIComponent(phone.id)}`);
  }

  #path() {
    return `/v1/members/${encodeURIComponent(this.#member.id)}/devices`;
  }
}

function sub(phone) {
  const since = t('phones.since', { date: day(Date.parse(phone.enrolled_at)) });
  return phone.signing ? `${since} · ${t(phone.signing.required ? 'phones.mustSign' : 'phones.maySign', { alg: phone.signing.alg })}` : since;
}
