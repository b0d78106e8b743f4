// The gateways, which send for many phones over one connection: whom each may send for, and its token, shown once.

import { t } from '../i18n.js';
import { day } from '../format.js';
import { copyField, emptyState, h, icon, modal, question, setText } from './dom.js';

const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const DEVICES_SHOWN = 8;

export class Gateways {
  element;
  #session;

  constructor(session) {
    this.#session = session;
    this.list = h('ul', { class: 'gateways' });
    const add = h('button', { type: 'button', class: 'button small', 'data-testid': 'gateway-add', onclick: () => this.#edit(null) }, icon('plus'), t('gateways.add'));
    this.element = h('div', {}, h('div', { class: 'lead-line' }, h('p', { class: 'lead', text: t('gateways.lead') }), add), this.list);
    this.reload();
  }

  async reload() {
    try {
      const { rows } = await this.#session.list('/v1/gateways', 'gateways');
      this.list.replaceChildren(...(rows.length ? rows.map((gateway) => this.#row(gateway)) : [h('li', {}, emptyState('server', t('gateways.none'), t('gateways.noneHint')))]));
    } catch (error) {
      this.list.replaceChildren(h('li', {}, h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) })));
    }
  }

  #row(gateway) {
    const row = h('li', { class: 'gateway', 'data-testid': 'gateway-row', 'data-gateway': gateway.id });
    const show = () => {
      const name = h('div', { class: 'row-main' }, h('span', { class: 'row-title', text: gateway.label ?? gateway.id }), h('span', { class: 'row-sub', text: [gateway.label ? gateway.id : null, t('gateways.since', { date: day(Date.parse(gateway.created_at)) })].filter(Boolean).join(' · ') }));
      const renew = h('button', { type: 'button', class: 'button small', 'data-testid': 'gateway-renew', text: t('gateways.renew'), onclick: () => this.#edit(gateway) });
      const revoke = h('button', { type: 'button', class: 'button small', 'data-testid': 'gateway-revoke', text: t('phones.revoke'), onclick: ask });
      row.replaceChildren(h('span', { class: 'mark' }, icon('server')), h('div', { class: 'gateway-main' }, name, scope(gateway)), h('div', { class: 'gateway-actions' }, renew, revoke));
    };
    const ask = () => {
      const asked = question(t('gateways.revokeAsk', { name: gateway.label ?? gateway.id }), t('phones.revoke'), 'gateway-confirm', {
        act: () => this.#session.delete(`/v1/gateways/${encodeURIComponent(gateway.id)}`),
        done: () => this.reload(),
        back: show,
      });
      row.replaceChildren(asked.element);
      asked.focus();
    };
    show();
    return row;
  }

  #edit(gateway) {
    new GatewayDialog(gateway, { session: this.#session, onMade: () => this.reload() }).open();
  }
}

/** Whom it may send for, as tags: beginnings of ids, then ids. */
function scope({ devices, device_prefixes: prefixes }) {
  const more = devices.length - DEVICES_SHOWN;
  return h(
    'div',
    { class: 'tags', 'data-testid': 'gateway-scope' },
    prefixes.map((prefix) => h('span', { class: 'tag', title: t('gateways.prefixHint', { prefix }) }, `${prefix}…`)),
    devices.slice(0, DEVICES_SHOWN).map((device) => h('span', { class: 'tag' }, icon('phone'), device)),
    more > 0 ? h('span', { class: 'tag', title: devices.slice(DEVICES_SHOWN).join(', ') }, t('gateways.moreDevices', { count: more })) : null,
  );
}

/** Asks for whom a gateway may send and shows its token, once; with {@code gateway}, that one gets a new token. */
class GatewayDialog {
  #gateway;
  #session;
  #onMade;

  constructor(gateway, { session, onMade }) {
    this.#gateway = gateway;
    this.#session = session;
    this.#onMade = onMade;
  }

  open() {
    const title = this.#gateway ? t('gateways.renewTitle', { name: this.#gateway.label ?? this.#gateway.id }) : t('gateways.add');
    Object.assign(this, modal({ name: 'gateway', title }));
    this.#ask();
  }

  #ask() {
    const before = this.#gateway;
    const name = h('input', { id: 'gateway-name', maxlength: '200', autocomplete: 'off', value: before?.label ?? '', placeholder: t('gateways.nameHint'), 'data-testid': 'gateway-name' });
    const prefixes = h('input', { id: 'gateway-prefixes', autocomplete: 'off', spellcheck: 'false', value: before?.device_prefixes.join(' ') ?? '', placeholder: 'van-', 'data-testid': 'gateway-prefixes', 'aria-describedby': 'gateway-scope-hint' });
    const devices = h('textarea', { id: 'gateway-devices', rows: '3', spellcheck: 'false', placeholder: 'phone-7\nphone-12', 'data-testid': 'gateway-devices', 'aria-describedby': 'gateway-scope-hint' });
    devices.value = before?.devices.join('\n') ?? '';
    const problem = h('p', { class: 'login-error', role: 'alert', hidden: true, 'data-testid': 'gateway-problem' });
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'gateway-create', text: before ? t('gateways.renew') : t('gateways.create') });
    const say = (words) => {
      problem.hidden = false;
      setText(problem, words);
    };
    const onsubmit = async (event) => {
      event.preventDefault();
      const wanted = { device_prefixes: idsOf(prefixes.value), devices: idsOf(devices.value) };
      const wrong = [...wanted.device_prefixes, ...wanted.devices].find((id) => !ID.test(id));
      if (wrong) return say(t('gateways.badId', { id: wrong }));
      if (!wanted.device_prefixes.length && !wanted.devices.length) return say(t('gateways.noScope'));
      submit.disabled = true;
      try {
        this.#show(await this.#session.post('/v1/gateways', { id: before?.id, label: name.value.trim() || undefined, ...wanted }));
        this.#onMade();
      } catch (error) {
        say(t('phones.failed', { detail: error.message }));
        submit.disabled = false;
      }
    };
    this.body.replaceChildren(
      h(
        'form',
        { class: 'enrol-form', onsubmit },
        h('p', { class: 'hint', text: before ? t('gateways.renewAsk') : t('gateways.addLead') }),
        h('label', { for: 'gateway-name', text: t('gateways.name') }),
        h('div', { class: 'field' }, name),
        h('label', { for: 'gateway-prefixes', text: t('gateways.prefixes') }),
        h('div', { class: 'field' }, prefixes),
        h('label', { for: 'gateway-devices', text: t('gateways.devices') }),
        h('div', { class: 'field' }, devices),
        h('p', { class: 'hint', id: 'gateway-scope-hint', text: t('gateways.scopeHint') }),
        problem,
        h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', text: t('phones.cancel'), onclick: () => this.dialog.close() }), submit),
      ),
    );
    name.focus();
  }

  #show({ id, token, url }) {
    const done = h('button', { type: 'button', class: 'button primary', 'data-testid': 'gateway-done', text: t('enrol.done'), onclick: () => this.dialog.close() });
    this.body.replaceChildren(
      h(
        'div',
        { class: 'enrol-form' },
        h('p', { class: 'app-note', text: t('gateways.once') }),
        h('dl', { class: 'copy-fields' }, copyField(t('gateways.field.token'), token, 'gateway-token'), url ? copyField(t('gateways.field.url'), url, 'gateway-url') : null, copyField(t('gateways.field.id'), id, 'gateway-id')),
        h('p', { class: 'hint', text: url ? t('gateways.howTo') : t('gateways.closed') }),
        h('div', { class: 'buttons' }, done),
      ),
    );
    done.focus();
  }
}

function idsOf(text) {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}
