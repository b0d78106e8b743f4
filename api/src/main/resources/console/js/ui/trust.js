// The trust policy, to read: what each signal weighs and each limit is, and which differ from their defaults.

import { t } from '../i18n.js';
import { emptyState, h } from './dom.js';

export class TrustPolicy {
  element;
  #session;

  constructor(session) {
    this.#session = session;
    this.body = h('div', {});
    this.element = h('div', { 'data-testid': 'trust-policy' }, h('p', { class: 'lead', text: t('trust.lead') }), this.body);
    this.reload();
  }

  async reload() {
    try {
      const policy = await this.#session.get('/v1/trust/policy');
      const by = policy.edited_by ? t('trust.editedBy', { name: policy.edited_by }) : t('trust.ofSettings');
      this.body.replaceChildren(
        h('p', { class: 'row-sub', 'data-testid': 'trust-version', text: `${t('trust.version', { version: policy.version })} · ${by}` }),
        this.#table(t('trust.weights'), policy.fields.filter((f) => f.signal), (f) => f.signal, policy.weights),
        this.#table(t('trust.limits'), policy.fields.filter((f) => f.limit), (f) => f.limit, policy.limits),
      );
    } catch (error) {
      this.body.replaceChildren(emptyState('server', t('trust.failed'), error.message));
    }
  }

  #table(title, fields, nameOf, values) {
    const rows = fields.map((field) => {
      const name = nameOf(field);
      const changed = values[name] !== field.default;
      return h(
        'tr',
        { 'data-testid': 'trust-row', 'data-name': name, title: field.text ?? '' },
        h('td', {}, changed ? h('strong', { text: name }) : name),
        h('td', { class: 'number', text: String(values[name]) }),
        h('td', { class: 'number', text: String(field.default) }),
        h('td', { class: 'number', text: `${field.min} – ${field.max}` }),
      );
    });
    const head = [title, t('trust.value'), t('trust.default'), t('trust.range')].map((text) => h('th', { scope: 'col', text }));
    return h('table', { class: 'trust-policy' }, h('thead', {}, h('tr', {}, head)), h('tbody', {}, rows));
  }
}
