// The phones of one person, in their panel: which are registered, and the ways to add, renew and refuse one.

import { t } from '../i18n.js';
import { day } from '../format.js';
import { coordField, coordName } from './coords.js';
import { EnrolDialog } from './enrol.js';
import { h, icon, question, setText } from './dom.js';

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
    const since = sub(phone);
    const ask = (words, verb, act) => {
      const asked = question(words, verb, 'phone-confirm', { act, done: () => this.reload(), back: show });
      row.replaceChildren(asked.element);
      asked.focus();
    };
    const show = () => {
      const coords = this.#mayEdit
        ? h('button', { type: 'button', class: 'link', 'data-testid': 'phone-coords', title: t('coords.title'), text: coordName(phone.coord_type), onclick: () => this.#askCoords(phone, row, show) })
        : coordName(phone.coord_type);
      const name = h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: phone.label ?? phone.id }), h('span', { class: 'row-sub', text: since }), h('span', { class: 'row-sub' }, coords));
      const renew = h('button', { type: 'button', class: 'button small', 'data-testid': 'phone-renew', text: t('phones.renew'), onclick: () => ask(t('phones.renewAsk'), t('phones.renew'), async () => this.#enrol(phone)) });
      const revoke = h('button', { type: 'button', class: 'button small', 'data-testid': 'phone-revoke', text: t('phones.revoke'), onclick: () => ask(t('phones.revokeAsk'), t('phones.revoke'), () => this.#revoke(phone)) });
      row.replaceChildren(icon('phone'), name, ...(this.#mayEdit ? [renew, revoke] : []));
    };
    show();
    return row;
  }

  #askCoords(phone, row, back) {
    const field = coordField(phone.coord_type);
    const problem = h('p', { class: 'hint', role: 'status' });
    const save = async (event) => {
      event.preventDefault();
      try {
        await this.#session.patch(`${this.#path()}/${encodeURIComponent(phone.id)}`, { coord_type: field.value() });
        this.reload();
      } catch (error) {
        setText(problem, t('phones.failed', { detail: error.message }));
      }
    };
    const cancel = h('button', { type: 'button', class: 'button small', text: t('phones.cancel'), onclick: back });
    const submit = h('button', { type: 'submit', class: 'button small', 'data-testid': 'phone-coords-save', text: t('coords.save') });
    row.replaceChildren(h('form', { class: 'ask', onsubmit: save }, field.element, problem, h('div', { class: 'buttons' }, cancel, submit)));
    field.focus();
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
