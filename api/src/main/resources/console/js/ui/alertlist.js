// The list of alerts with its filters. Unresolved ones are the store's and change as frames come in; resolved ones are
// asked for. Rows are keyed by what they show, so that only what has changed is built anew.

import { t } from '../i18n.js';
import { ageOf } from '../format.js';
import { sound } from '../sound.js';
import { alertFact, alertTitle, signalName } from '../words.js';
import { AlertStatistics } from './alertstatistics.js';
import { emptyState, h, icon, setText, throttled } from './dom.js';

const SHOWN = 200;
const STATUSES = ['unresolved', 'open', 'assigned', 'appealed', 'resolved'];
const SEVERITIES = ['critical', 'warning', 'info'];
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class AlertList {
  element;
  #store;
  #session;
  #onOpen;
  #rows = new Map();
  #wanted = { status: 'unresolved', severity: '', kind: '', team: '', person: '' };
  #resolved = [];
  #asked = 0;

  constructor(store, session, onOpen) {
    this.#store = store;
    this.#session = session;
    this.#onOpen = onOpen;
    this.filters = h('div', { class: 'alert-filters', id: 'alert-filters', hidden: true });
    this.filterButton = h('button', { type: 'button', class: 'icon-button', 'data-testid': 'alert-filter', 'aria-controls': 'alert-filters', onclick: () => this.#toggleFilters() }, icon('filter'));
    this.statisticsButton = h('button', { type: 'button', class: 'icon-button', 'data-testid': 'alert-statistics', onclick: () => new AlertStatistics(session, store).open() }, icon('chart'));
    this.soundButton = h('button', { type: 'button', class: 'icon-button', 'data-testid': 'alert-sound', onclick: () => sound.toggle() });
    this.count = h('span', { class: 'hint grow', role: 'status', 'data-testid': 'alert-count' });
    this.list = h('div', { class: 'inbox-list', onkeydown: (event) => this.#onKey(event) });
    this.element = h('div', { class: 'alerts', role: 'tabpanel', id: 'inbox-alerts', 'aria-labelledby': 'tab-alerts' }, h('div', { class: 'alert-bar' }, this.count, this.filterButton, this.statisticsButton, this.soundButton), this.filters, this.list);
    store.on('alerts', throttled(120, () => this.paint()));
    store.on('members', () => this.paintWords());
    sound.on('changed', () => this.#paintSound());
  }

  paintWords() {
    label(this.filterButton, t('alerts.filter'));
    label(this.statisticsButton, t('alerts.statistics'));
    this.#paintSound();
    this.#paintFilters();
    this.#rows.clear();
    this.paint();
  }

  paint() {
    const wanted = this.#wanted;
    const tree = wanted.team ? this.#store.teamTree(wanted.team) : null;
    const needle = wanted.person.trim().toLowerCase();
    const source = wanted.status === 'resolved' ? this.#resolved : this.#store.openAlerts();
    const shown = source.filter(
      (alert) =>
        (wanted.status === 'resolved' || wanted.status === 'unresolved' || alert.status === wanted.status) &&
        (!wanted.severity || alert.severity === wanted.severity) &&
        (!wanted.kind || alert.kind === wanted.kind) &&
        (!tree || tree.has(this.#store.members.get(alert.member)?.team)) &&
        (!needle || `${this.#store.memberName(alert.member)} ${alert.member}`.toLowerCase().includes(needle)),
    );
    setText(this.count, t(`alerts.count.${wanted.status}`, { count: shown.length }));
    this.#reconcile(shown.slice(0, SHOWN));
    this.#paintKinds();
  }

  paintAges() {
    for (const time of this.list.querySelectorAll('time')) setText(time, ageOf(this.#session.now() - Number(time.dataset.ms)));
  }

  #reconcile(alerts) {
    const keys = alerts.map((alert) => [alert.id, alert.status, alert.severity, alert.occurrences, alert.assignee, alert.resolution].join('|'));
    const wanted = new Set(keys);
    for (const key of this.#rows.keys()) if (!wanted.has(key)) this.#rows.delete(key);
    keys.forEach((key, index) => this.#rows.has(key) || this.#rows.set(key, this.#row(alerts[index])));
    const filtered = this.#isFiltered();
    const elements = keys.length ? keys.map((key) => this.#rows.get(key)) : [emptyState('shield', t(filtered ? 'alerts.noMatch' : 'inbox.noAlerts'), t(filtered ? 'alerts.noMatchHint' : 'inbox.noAlertsHint'))];
    const same = this.list.children.length === elements.length && elements.every((element, index) => this.list.children[index] === element);
    if (same) return;
    const focusedId = this.list.contains(document.activeElement) ? document.activeElement.dataset.alert : null;
    const keptTop = this.list.scrollTop;
    this.list.replaceChildren(...elements);
    this.list.scrollTop = keptTop;
    if (focusedId) this.list.querySelector(`[data-alert="${CSS.escape(focusedId)}"]`)?.focus({ preventScroll: true });
  }

  #row(alert) {
    const who = alert.assignee ? t('alerts.assignedTo', { user: alert.assignee }) : null;
    const state = alert.status === 'resolved' ? t(`resolution.${alert.resolution}`) : t(`status.${alert.status}`);
    return h(
      'button',
      { type: 'button', class: `alert-row severity-${alert.severity}`, 'data-testid': 'alert-row', 'data-alert': alert.id, 'data-member': alert.member, 'data-status': alert.status, onclick: () => this.#onOpen(alert) },
      h('span', { class: 'score', title: t('evidence.score'), text: String(alert.score) }),
      h(
        'span',
        { class: 'row-main' },
        h('span', { class: 'row-title' }, alertTitle(alert), alert.occurrences > 1 ? h('span', { class: 'times', 'data-testid': 'alert-times', title: t('alerts.occurrences', { count: alert.occurrences }), text: `×${alert.occurrences}` }) : null),
        h('span', { class: 'row-sub', text: [this.#store.memberName(alert.member), alertFact(alert)].filter(Boolean).join(' · ') }),
        alert.status === 'open' ? null : h('span', { class: `row-state ${alert.status} ${alert.resolution ?? ''}`, text: [state, alert.status === 'assigned' ? null : who].filter(Boolean).join(' · '), title: who ?? '' }),
      ),
      h('time', { class: 'row-age', 'data-ms': alert.lastMs, text: ageOf(this.#session.now() - alert.lastMs) }),
    );
  }

  #isFiltered() {
    const { status, ...rest } = this.#wanted;
    return status !== 'unresolved' || Object.values(rest).some(Boolean);
  }

  #toggleFilters() {
    this.filters.hidden = !this.filters.hidden;
    this.filterButton.setAttribute('aria-expanded', String(!this.filters.hidden));
    if (!this.filters.hidden) this.filters.querySelector('select').focus();
  }

  #paintFilters() {
    const { teams } = this.#store;
    const person = h('input', { type: 'search', placeholder: t('alerts.person'), 'aria-label': t('alerts.person'), value: this.#wanted.person, 'data-testid': 'alert-person', oninput: () => this.#want('person', person.value) });
    this.kinds = this.#select('kind', [['', t('alerts.anyKind')]]);
    this.filters.replaceChildren(
      this.#select('status', STATUSES.map((each) => [each, t(each === 'unresolved' ? 'alerts.unresolved' : `status.${each}`)])),
      this.#select('severity', [['', t('alerts.anySeverity')], ...SEVERITIES.map((each) => [each, t(`severity.${each}`)])]),
      this.kinds,
      this.#select('team', [['', t('alerts.anyTeam')], ...[...teams.values()].map((team) => [team.id, team.name ?? team.id])]),
      h('div', { class: 'field search' }, icon('search'), person),
    );
    this.#paintKinds();
  }

  #paintKinds() {
    const select = this.kinds?.firstElementChild;
    if (!select) return;
    const kinds = [...new Set([...this.#store.openAlerts(), ...this.#resolved].map((alert) => alert.kind))].sort();
    if (select.dataset.kinds === kinds.join()) return;
    select.dataset.kinds = kinds.join();
    select.replaceChildren(...[['', t('alerts.anyKind')], ...kinds.map((kind) => [kind, signalName(kind)])].map(([value, text]) => h('option', { value, text, selected: value === this.#wanted.kind })));
  }

  #select(name, options) {
    const select = h('select', { 'aria-label': t(`alerts.by.${name}`), 'data-testid': `alert-${name}-filter`, onchange: () => this.#want(name, select.value) }, options.map(([value, text]) => h('option', { value, text, selected: value === this.#wanted[name] })));
    return h('div', { class: 'field select' }, select);
  }

  #want(name, value) {
    this.#wanted[name] = value;
    this.filterButton.setAttribute('aria-pressed', String(this.#isFiltered()));
    if (name === 'status' && value === 'resolved') this.#ask();
    this.paint();
  }

  /** The newest resolved ones; an older answer that comes late is thrown away. */
  async #ask() {
    const asked = ++this.#asked;
    const rows = await this.#store.resolvedAlerts(SHOWN).catch(() => []);
    if (asked !== this.#asked) return;
    this.#resolved = rows;
    this.paint();
  }

  #paintSound() {
    this.soundButton.replaceChildren(icon(sound.enabled ? 'sound' : 'mute'));
    this.soundButton.setAttribute('aria-pressed', String(sound.enabled));
    label(this.soundButton, t(sound.enabled ? 'alerts.soundOn' : 'alerts.soundOff'));
  }

  #onKey(event) {
    const rows = [...this.list.querySelectorAll('.alert-row')];
    const at = rows.indexOf(document.activeElement);
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : STEPS[event.key] ? at + STEPS[event.key] : -1;
    if (!rows[next]) return;
    event.preventDefault();
    rows[next].focus();
  }
}

function label(button, words) {
  button.setAttribute('aria-label', words);
  button.title = words;
}
