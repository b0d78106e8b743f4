// Who visited which customers: a list with filters and files. Lies over the map until closed or until a visit is chosen.

import { t } from '../i18n.js';
import { dateAndMinute, span } from '../format.js';
import { emptyState, h, icon, setText } from './dom.js';
import { PAGE_ROWS, Pages } from './pages.js';

const TYPING_MS = 300;
const DAY_MS = 86_400_000;
const PERIODS = ['today', 'week', 'month', 'all'];
const SHOWN = ['dwelt', 'open', 'all', 'withdrawn'];

export class VisitsPage {
  element;
  #store;
  #session;
  #onOpen;
  #filter;
  #pages;
  #typing = 0;
  #stops = [];

  constructor({ store, session, filter = {}, onOpen, onClose }) {
    this.#store = store;
    this.#session = session;
    this.#onOpen = onOpen;
    this.#filter = { q: '', member: '', team: '', period: 'week', shown: 'dwelt', ...filter };
    this.heading = h('h2', { id: 'visits-title', text: t('visits.title') });
    this.close = h('button', { type: 'button', class: 'icon-button', 'data-testid': 'visits-close', 'aria-label': t('person.close'), title: t('person.close'), onclick: onClose }, icon('close'));
    const customer = h('input', { type: 'search', value: this.#filter.q, 'aria-label': t('visits.customer'), placeholder: t('visits.customer'), maxlength: '100', autocomplete: 'off', 'data-testid': 'visits-customer', oninput: (event) => this.#onTyped(event.target.value.trim()) });
    this.note = h('p', { class: 'hint', role: 'status' });
    const columns = h('div', { class: 'q-columns visit-row', 'aria-hidden': 'true' }, ['customer', 'person', 'time', 'duration', ''].map((name) => h('span', { text: name ? t(`visits.column.${name}`) : '' })));
    this.#pages = new Pages({
      name: 'visits',
      columns,
      read: async (page) => {
        const { visits, next_cursor: next } = await session.get('/v1/visits', { ...this.#query(), ...page });
        return [visits.map((visit) => this.#row(visit)), next];
      },
      none: () => emptyState('enter', t('visits.none'), t('visits.noneHint')),
    });
    this.element = h(
      'section',
      { class: 'operations visits', 'aria-labelledby': 'visits-title', 'data-testid': 'visits-page' },
      h('header', { class: 'tabs' }, this.heading, h('span', { class: 'grow' }), this.#save('csv'), this.#save('geojson'), this.close),
      h(
        'div',
        { class: 'operations-body' },
        h(
          'div',
          {},
          h('p', { class: 'lead', text: t('visits.lead') }),
          h(
            'div',
            { class: 'q-filters' },
            h('div', { class: 'field search' }, icon('search'), customer),
            this.#choice('member', [['', t('visits.everybody')], ...this.#people()]),
            this.#choice('team', [['', t('people.allTeams')], ...this.#teams()]),
            this.#choice('period', PERIODS.map((name) => [name, t(`visits.periods.${name}`)])),
            this.#choice('shown', SHOWN.map((name) => [name, t(`visits.showns.${name}`)])),
            h('button', { type: 'button', class: 'icon-button', 'aria-label': t('quarantine.reload'), title: t('quarantine.reload'), onclick: () => this.reload() }, icon('refresh')),
          ),
          this.note,
          this.#pages.elements,
        ),
      ),
    );
    this.#stops = [store.on('visit', () => this.#onNews())];
    this.reload();
  }

  get filter() {
    return { ...this.#filter };
  }

  dispose() {
    clearTimeout(this.#typing);
    this.#stops.forEach((stop) => stop());
    this.element.remove();
  }

  focus() {
    this.close.focus();
  }

  reload() {
    return this.#pages.reload();
  }

  #people() {
    return [...this.#store.members.values()].sort((a, b) => a.name.localeCompare(b.name)).map((member) => [member.id, member.name]);
  }

  #teams() {
    return [...this.#store.teams.values()].sort((a, b) => (a.name ?? a.id).localeCompare(b.name ?? b.id)).map((team) => [team.id, team.name ?? team.id]);
  }

  #choice(name, options) {
    const select = h('select', { 'aria-label': t(`visits.${name}`), 'data-testid': `visits-${name}`, onchange: (event) => this.#change({ [name]: event.target.value }) }, options.map(([value, text]) => h('option', { value, selected: value === this.#filter[name], text })));
    return h('div', { class: 'field select' }, select);
  }

  #save(format) {
    return h('button', { type: 'button', class: 'button small', 'data-testid': `visits-${format}`, onclick: (event) => this.#export(format, event.currentTarget), text: format === 'csv' ? 'CSV' : 'GeoJSON', title: t('visits.save', { format: format === 'csv' ? 'CSV' : 'GeoJSON' }) });
  }

  #change(changed) {
    Object.assign(this.#filter, changed);
    this.reload();
  }

  #onTyped(q) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#change({ q }), TYPING_MS);
  }

  /** A list at its beginning follows what happens; one that was read further stays as it is. */
  #onNews() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#pages.list.childElementCount <= PAGE_ROWS && this.reload(), 1000);
  }

  #query() {
    const { q, member, team, period, shown } = this.#filter;
    const nowMs = this.#session.now();
    const today = new Date(nowMs).setHours(0, 0, 0, 0);
    const from = { today, week: nowMs - 7 * DAY_MS, month: nowMs - 30 * DAY_MS }[period];
    return {
      q,
      member,
      team,
      from: from ? new Date(from).toISOString() : undefined,
      open: shown === 'open' ? true : undefined,
      dwelt: shown === 'dwelt' ? true : undefined,
      withdrawn: shown === 'withdrawn' ? true : undefined,
    };
  }

  #row(visit) {
    const nowMs = this.#session.now();
    const arrivedMs = Date.parse(visit.arrived_at);
    const leftMs = visit.left_at ? Date.parse(visit.left_at) : null;
    const customer = visit.customer && visit.customer !== visit.name ? visit.customer : null;
    const button = h(
      'button',
      { type: 'button', class: 'q-row visit-row', onclick: () => this.#onOpen(visit) },
      h('span', { class: 'row-main' }, h('span', { class: 'row-title' }, visit.name, ...visitTags(visit)), customer ? h('span', { class: 'row-sub', text: customer }) : null),
      h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: this.#store.memberName(visit.member) }), h('span', { class: 'row-sub', text: this.#store.teamName(visit.team) })),
      h('time', { class: 'q-time', text: dateAndMinute(arrivedMs) }),
      h('span', { class: 'q-time' }, visit.status === 'open' ? [h('i', { class: 'dot state-at_site' }), ` ${span(nowMs - arrivedMs)}`] : span(leftMs - arrivedMs)),
      icon('right'),
    );
    return h('li', { class: 'q-item', 'data-testid': 'visit-row', 'data-visit': visit.id, 'data-status': visit.status }, button);
  }

  async #export(format, button) {
    button.disabled = true;
    setText(this.note, '');
    try {
      const url = URL.createObjectURL(await this.#session.file('/v1/visits', { ...this.#query(), format }));
      h('a', { href: url, download: `visits.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      setText(this.note, t('phones.failed', { detail: error.message }));
    } finally {
      button.disabled = false;
    }
  }
}

/** What is special about a visit, as small labels. */
export function visitTags(visit) {
  const tags = [];
  if (visit.status === 'open') tags.push(['verified', t('visits.here')]);
  if (visit.status === 'withdrawn') tags.push(['invalid', t('visits.withdrawn')]);
  if (visit.source === 'punch') tags.push(['unverified', t('visits.punchOnly')]);
  if (visit.late) tags.push(['unverified', t('visits.late')]);
  if (visit.version > 1) tags.push(['plain', t('visits.version', { version: visit.version })]);
  return tags.map(([look, text]) => h('span', { class: `verdict ${look}`, text }));
}
