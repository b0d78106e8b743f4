// Who did what, and who looked at whom: the audit log, and whether its chain is whole.

import { language, t } from '../i18n.js';
import { dateAndClock, number } from '../format.js';
import { emptyState, h, icon, setText } from './dom.js';
import { Pages } from './pages.js';

const TYPING_MS = 300;
const HOUR_MS = 3_600_000;
const PERIODS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, all: null };
const KINDS = ['all', 'read', 'login', 'session', 'user', 'team', 'member', 'device', 'gateway', 'fence', 'alert'];
const ID = /^[A-Za-z0-9._:-]+$/;

export class Audit {
  element;
  #session;
  #filter = { user: '', member: '', kind: 'all', period: 'week' };
  #pages;
  #typing = 0;

  constructor(session) {
    this.#session = session;
    const search = (name) => h('div', { class: 'field search' }, icon('search'), h('input', { type: 'search', 'aria-label': t(`audit.${name}`), placeholder: t(`audit.${name}`), maxlength: '64', autocomplete: 'off', 'data-testid': `audit-${name}`, oninput: (event) => this.#onTyped(name, event.target.value.trim()) }));
    const choice = (name, values) =>
      h('div', { class: 'field select' }, h('select', { 'aria-label': t(`audit.${name}`), 'data-testid': `audit-${name}`, onchange: (event) => this.#change({ [name]: event.target.value }) }, values.map((value) => h('option', { value, selected: value === this.#filter[name], text: t(`audit.${name}s.${value}`) }))));
    this.chain = h('p', { class: 'audit-chain', role: 'status', 'data-testid': 'audit-chain' });
    const verify = h('button', { type: 'button', class: 'button small', 'data-testid': 'audit-verify', onclick: (event) => this.#verify(event.currentTarget) }, icon('shield'), t('audit.verify'));
    const save = h('button', { type: 'button', class: 'button small', 'data-testid': 'audit-export', onclick: (event) => this.#export(event.currentTarget), text: t('audit.export') });
    const again = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('quarantine.reload'), title: t('quarantine.reload'), onclick: () => this.reload() }, icon('refresh'));
    const columns = h('div', { class: 'q-columns audit-columns', 'aria-hidden': 'true' }, ['time', 'what', 'who', ''].map((name) => h('span', { text: name ? t(`audit.column.${name}`) : '' })));
    this.#pages = new Pages({
      name: 'audit',
      columns,
      read: async (page) => {
        const { entries, next_cursor: next } = await session.get('/v1/audit', { ...this.#query(), ...page });
        return [entries.map(row), next];
      },
      none: () => emptyState('search', t('audit.none'), t('audit.noneHint')),
    });
    this.element = h(
      'div',
      { class: 'quarantine audit' },
      h('div', { class: 'lead-line' }, h('p', { class: 'lead', text: t('audit.lead') }), h('div', { class: 'gateway-actions' }, verify, save)),
      this.chain,
      h('div', { class: 'q-filters' }, search('user'), search('member'), choice('kind', KINDS), choice('period', Object.keys(PERIODS)), again),
      this.#pages.elements,
    );
    this.reload();
  }

  reload() {
    return this.#pages.reload();
  }

  #change(changed) {
    Object.assign(this.#filter, changed);
    this.reload();
  }

  #onTyped(name, text) {
    clearTimeout(this.#typing);
    if (text && !ID.test(text)) return;
    this.#typing = setTimeout(() => this.#change({ [name]: text }), TYPING_MS);
  }

  #query() {
    const { user, member, kind, period } = this.#filter;
    const spanMs = PERIODS[period];
    return { user, member, action: kind === 'all' ? undefined : kind, from: spanMs ? new Date(this.#session.now() - spanMs).toISOString() : undefined };
  }

  async #verify(button) {
    button.disabled = true;
    setText(this.chain, t('audit.verifying'));
    this.chain.dataset.state = 'busy';
    try {
      const found = await this.#session.get('/v1/audit/verify');
      this.chain.dataset.state = found.intact ? 'intact' : 'broken';
      setText(this.chain, found.intact ? t('audit.intact', { rows: number(found.rows, 0), hash: found.last_hash.slice(0, 16) }) : t('audit.broken', { seq: found.broken.seq, rows: number(found.rows, 0) }));
      this.chain.title = found.intact ? found.last_hash : found.broken.reason;
    } catch (error) {
      this.chain.dataset.state = 'broken';
      setText(this.chain, t('phones.failed', { detail: error.message }));
    } finally {
      button.disabled = false;
    }
  }

  async #export(button) {
    button.disabled = true;
    try {
      const url = URL.createObjectURL(await this.#session.file('/v1/audit/export', { ...this.#query(), format: 'csv' }));
      h('a', { href: url, download: 'audit.csv' }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      setText(this.chain, t('phones.failed', { detail: error.message }));
    } finally {
      button.disabled = false;
    }
  }
}

function row(entry) {
  const about = entry.subject ?? (entry.members_count ? aboutMembers(entry) : null);
  const body = h('div', { class: 'q-bytes', hidden: true });
  const button = h(
    'button',
    { type: 'button', class: 'q-row audit-row', 'aria-expanded': 'false', onclick: () => toggle() },
    h('time', { class: 'q-time', text: dateAndClock(Date.parse(entry.at)) }),
    h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: actionName(entry.action) }), about ? h('span', { class: 'row-sub', text: about }) : null),
    h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: entry.user ?? t(entry.address ? 'audit.nobody' : 'audit.server') }), entry.address ? h('span', { class: 'row-sub', text: entry.address }) : null),
    icon('right'),
  );
  const toggle = () => {
    if (!body.firstChild) body.append(details(entry));
    body.hidden = !body.hidden;
    button.setAttribute('aria-expanded', String(!body.hidden));
  };
  return h('li', { class: 'q-item', 'data-testid': 'audit-row', 'data-action': entry.action }, button, body);
}

function aboutMembers({ members, members_count: count, detail }) {
  const shown = members.slice(0, 3).join(', ');
  const more = count - Math.min(3, members.length);
  const who = more > 0 ? t('audit.andMore', { shown, count: number(more, 0) }) : shown;
  return detail?.reads > 1 ? `${who} · ${t('audit.times', { count: number(detail.reads, 0) })}` : who;
}

/** What changed, name by name, then all the rest as it was written. */
function details(entry) {
  const { before, after, seq, at, user, action, subject, ...rest } = entry;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => text(before?.[name]) !== text(after?.[name]));
  const changes = names.map((name) => h('tr', {}, h('th', { scope: 'row', text: name }), h('td', { text: text(before?.[name]) }), h('td', { text: text(after?.[name]) })));
  const table = changes.length
    ? h('table', { class: 'audit-changes', 'data-testid': 'audit-changes' }, h('thead', {}, h('tr', {}, h('td'), h('th', { scope: 'col', text: t('audit.before') }), h('th', { scope: 'col', text: t('audit.after') }))), h('tbody', {}, changes))
    : null;
  return h('div', {}, table, h('pre', { class: 'q-dump wrapped', tabindex: '0', 'data-testid': 'audit-detail', text: Object.entries({ seq, ...rest }).map(([name, value]) => `${name}: ${text(value)}`).join('\n') }));
}

function text(value) {
  if (value === undefined || value === null) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function actionName(action) {
  return language.find(`audit.action.${action.replace('.', '_')}`) ?? action.replaceAll(/[._]/g, ' ');
}
