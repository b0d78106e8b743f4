// How many alerts each signal has raised and how right it was, as a table over a chosen time.

import { t } from '../i18n.js';
import { number } from '../format.js';
import { signalName } from '../words.js';
import { emptyState, h, modal } from './dom.js';

const DAYS = [7, 30, 90];
const COLUMNS = ['raised', 'unresolved', 'confirmed', 'honest', 'unclear'];
const DAY_MS = 86_400_000;

export class AlertStatistics {
  #session;
  #store;
  #days = 30;

  constructor(session, store) {
    this.#session = session;
    this.#store = store;
  }

  open() {
    Object.assign(this, modal({ name: 'alert-statistics', title: t('alerts.statistics') }));
    this.host = h('div', { class: 'statistics' });
    this.buttons = DAYS.map((days) => h('button', { type: 'button', 'data-days': days, onclick: () => this.#show(days), text: t('alerts.days', { count: days }) }));
    this.body.replaceChildren(h('div', { class: 'enrol-form' }, h('div', { class: 'lead-line' }, h('p', { class: 'hint', text: t('alerts.statisticsLead') }), h('div', { class: 'segmented' }, this.buttons)), this.host));
    this.#show(this.#days);
  }

  async #show(days) {
    this.#days = days;
    for (const button of this.buttons) button.setAttribute('aria-pressed', String(Number(button.dataset.days) === days));
    try {
      const answer = await this.#session.get('/v1/alerts/statistics', { from: new Date(this.#session.now() - days * DAY_MS).toISOString() });
      if (days === this.#days) this.host.replaceChildren(...this.#tables(answer));
    } catch (error) {
      this.host.replaceChildren(h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) }));
    }
  }

  #tables(answer) {
    if (!Object.keys(answer.by_signal).length) return [emptyState('shield', t('alerts.noStatistics'), t('alerts.noStatisticsHint'))];
    return [this.#table(t('alerts.bySignal'), answer.by_signal, signalName), this.#table(t('alerts.byTeam'), answer.by_team, (team) => this.#store.teamName(team))];
  }

  #table(title, counts, nameOf) {
    const rows = Object.entries(counts).sort(([, a], [, b]) => b.raised - a.raised);
    return h(
      'table',
      { class: 'counts', 'data-testid': 'alert-counts' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: title }), COLUMNS.map((column) => h('th', { scope: 'col', text: t(`alerts.column.${column}`) })), h('th', { scope: 'col', title: t('alerts.rateHint'), text: t('alerts.column.rate') }))),
      h('tbody', {}, rows.map(([key, count]) => h('tr', {}, h('th', { scope: 'row', text: nameOf(key) }), COLUMNS.map((column) => h('td', { text: count[column] ? number(count[column], 0) : '–' })), h('td', { text: count.false_positive_rate === null ? '–' : `${number(count.false_positive_rate * 100, 0)} %` })))),
    );
  }
}
