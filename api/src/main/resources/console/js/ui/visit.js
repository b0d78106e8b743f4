// One visit: when, how it is known, its punches, and what was said of it before it was amended. Shown beside the map.

import { t } from '../i18n.js';
import { clock, dateAndMinute, span } from '../format.js';
import { theme } from '../theme.js';
import { h, icon, setText } from './dom.js';
import { visitTags } from './visits.js';

export class VisitPanel {
  element;
  #store;
  #session;
  #map;
  #visit;
  #stops;

  constructor(visit, { store, session, map, onBack, onPerson, onDay }) {
    this.#visit = visit;
    this.#store = store;
    this.#session = session;
    this.#map = map;
    this.title = h('h2', { text: visit.name });
    this.tags = h('div', { class: 'actions visit-tags' });
    this.facts = h('dl', { class: 'facts', 'data-testid': 'visit-facts' });
    this.punches = h('ol', { class: 'timeline' });
    this.punchTitle = h('h3', { text: t('visits.punches') });
    this.versions = h('ol', { class: 'visit-versions', 'data-testid': 'visit-versions' });
    const day = h('button', { type: 'button', class: 'button small', 'data-testid': 'visit-day', onclick: () => onDay(visit.member, visit.arrived_at) }, icon('dwell'), t('day.open'));
    const person = h('button', { type: 'button', class: 'button small', onclick: () => onPerson(visit.member) }, icon('people'), t('evidence.person'));
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': visit.name, 'data-testid': 'visit-panel' },
      h('header', { class: 'detail-head' }, h('button', { type: 'button', class: 'icon-button', 'aria-label': t('visits.back'), title: t('visits.back'), 'data-testid': 'visit-back', onclick: onBack }, icon('back')), h('div', { class: 'who' }, this.title, h('p', { class: 'hint', text: store.memberName(visit.member) }))),
      h('div', { class: 'detail-body' }, this.tags, this.facts, h('div', { class: 'actions visit-links' }, day, person), this.punchTitle, this.punches, h('h3', { text: t('visits.history') }), this.versions),
    );
    this.#paint(visit);
    this.#load();
    this.#draw();
    const timer = setInterval(() => this.#paint(this.#visit), 10_000);
    this.#stops = [() => clearInterval(timer), store.on('visit', (frame) => frame.id === visit.id && this.#load())];
  }

  dispose() {
    this.#stops.forEach((stop) => stop());
    this.#map.findings.clearEvidence();
  }

  async #load() {
    try {
      const visit = await this.#session.get(`/v1/visits/${encodeURIComponent(this.#visit.id)}`);
      this.#paint(visit);
    } catch {
      this.versions.replaceChildren(h('li', { class: 'hint', text: t('person.failed') }));
    }
  }

  #paint(visit) {
    this.#visit = visit;
    const arrivedMs = Date.parse(visit.arrived_at);
    const leftMs = visit.left_at ? Date.parse(visit.left_at) : null;
    const tags = visitTags(visit);
    this.tags.replaceChildren(...tags);
    this.tags.hidden = !tags.length;
    const facts = [
      ['arrived', dateAndMinute(arrivedMs) + inferred(visit.arrived_inferred)],
      ['left', leftMs ? dateAndMinute(leftMs) + inferred(visit.left_inferred) : t('visits.notYet')],
      ['duration', span((leftMs ?? this.#session.now()) - arrivedMs)],
      ['dwell', visit.dwell_at ? clock(Date.parse(visit.dwell_at)) : '—'],
      ['source', t(`visits.sources.${visit.source}`)],
    ];
    if (visit.customer) facts.push(['customerName', visit.customer]);
    this.facts.replaceChildren(...facts.map(([key, value]) => h('div', {}, h('dt', { text: t(`visits.fact.${key}`) }), h('dd', { text: value }))));
    this.punchTitle.hidden = !visit.punches.length;
    this.punches.replaceChildren(
      ...visit.punches.map((punch) =>
        h('li', { class: punch.verdict }, h('time', { text: clock(Date.parse(punch.at)) }), h('span', { class: 'row-main' }, h('span', { class: 'row-title' }, t(`punchKind.${punch.kind}`), h('span', { class: `verdict ${punch.verdict}`, text: t(`verdict.${punch.verdict}`) })), punch.place ? h('span', { class: 'row-sub', text: t(`place.${punch.place}`) }) : null)),
      ),
    );
    const versions = [...(visit.versions ?? [])].reverse();
    this.versions.replaceChildren(this.#version(visit, true), ...versions.map((version) => this.#version(version, false)));
  }

  #version(version, current) {
    const sameDay = new Date(version.arrived_at).toDateString() === new Date(version.left_at ?? 0).toDateString();
    const left = version.left_at ? (sameDay ? clock : dateAndMinute)(Date.parse(version.left_at)) : '…';
    const period = version.status === 'withdrawn' ? t('visits.withdrawnText') : `${dateAndMinute(Date.parse(version.arrived_at))} – ${left}`;
    const why = current ? t('visits.current') : t('visits.replaced', { time: dateAndMinute(Date.parse(version.replaced_at)), cause: t(`visits.cause.${version.replaced_for}`) });
    return h('li', { class: current ? 'current' : '', 'data-testid': 'visit-version' }, h('b', { text: version.version }), h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: period }), h('span', { class: 'row-sub', text: why })));
  }

  /** The customer's fence, and the map moved to it. */
  async #draw() {
    const site = await this.#map.fences.get(this.#visit.fence);
    if (!this.element.isConnected && !this.element.parentNode) return;
    const place = { lat: this.#visit.lat, lng: this.#visit.lng };
    const extent = this.#map.findings.showEvidence(site ? { site, color: theme.color('accent') } : { place, color: theme.color('accent') });
    if (extent) this.#map.showExtent(extent);
    setText(this.title, this.#visit.name);
  }
}

function inferred(yes) {
  return yes ? ` · ${t('visits.inferred')}` : '';
}
