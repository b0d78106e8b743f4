// The panel of one person: how they are now, the sites they are at, today's punches and arrivals, and their track.

import { t } from '../i18n.js';
import { ago, clock, dateAndClock, day, distance, heading, speed } from '../format.js';
import { punchEntry, transitionEntry } from '../store.js';
import { punchFact, punchTitle, transitionTitle } from '../words.js';
import { nextCursor } from '../session.js';
import { h, hueOf, icon, initials, setText } from './dom.js';
import { Passkeys } from './passkeys.js';
import { Phones } from './phones.js';

const TRACK_HOURS = [0, 1, 4, 12];
const TRACK_PAGES = 12;
const RELOAD_DAY_MS = 30_000;

export class PersonPanel {
  element;
  #store;
  #session;
  #map;
  #member;
  #trackHours = 4;
  #facts = new Map();
  #stops = [];
  #track = [];

  constructor(member, { store, session, map, onClose, onDay = () => {} }) {
    this.#member = member;
    this.onDay = onDay;
    this.#store = store;
    this.#session = session;
    this.#map = map;
    this.#build(onClose);
    this.paint();
    this.#loadDay();
    this.#loadTrack();
    const timers = [setInterval(() => this.paint(), 1000), setInterval(() => document.hidden || this.#loadDay(), RELOAD_DAY_MS)];
    this.#stops = [
      () => timers.forEach(clearInterval),
      store.on('positions', (members) => members.includes(member) && this.#onPosition()),
      store.on('visits', () => this.#member.position && this.#paintSites(this.#member.position.fences)),
      store.on('activity', (entry) => entry?.member === member.id && this.#loadDay()),
      map.on('follow', () => this.#paintFollow()),
    ];
  }

  dispose() {
    this.#stops.forEach((stop) => stop());
    this.#map.findings.clearTrack();
    this.#map.unfollow();
  }

  #build(onClose) {
    const member = this.#member;
    this.state = h('span', { class: 'state-pill' });
    this.follow = h('button', { type: 'button', class: 'button small', onclick: () => this.#toggleFollow() });
    this.center = h('button', { type: 'button', class: 'button small', onclick: () => this.#map.showMember(this.#member) }, icon('target'), t('person.center'));
    this.facts = h('dl', { class: 'facts' });
    this.sites = h('div', { class: 'tags' });
    this.dayTitle = h('h3');
    this.timeline = h('ol', { class: 'timeline' }, h('li', { class: 'hint', text: t('person.loading') }));
    this.trackNote = h('span', { class: 'hint' });
    const avatar = h('span', { class: 'avatar large', style: { '--hue': hueOf(member.name) }, text: initials(member.name), 'aria-hidden': 'true' });
    this.trackButtons = TRACK_HOURS.map((hours) =>
      h('button', { type: 'button', 'aria-pressed': String(hours === this.#trackHours), onclick: () => this.#chooseTrack(hours), text: hours ? t('person.hours', { count: hours }) : t('person.trackOff') }),
    );
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': member.name, 'data-testid': 'person-panel' },
      h('header', { class: 'detail-head' }, avatar, h('div', { class: 'who' }, h('h2', { text: member.name }), h('p', { class: 'hint', text: member.team ? this.#store.teamName(member.team) : t('people.noTeam') })), h('button', { type: 'button', class: 'icon-button', 'aria-label': t('person.close'), onclick: onClose }, icon('close'))),
      h('div', { class: 'detail-body' },
        h('div', { class: 'actions' }, this.state, h('span', { class: 'grow' }), this.center, this.follow),
        this.facts,
        h('h3', { text: t('person.sitesNow') }),
        this.sites,
        new Phones(member, { session: this.#session, store: this.#store }).element,
        new Passkeys(member, { session: this.#session }).element,
        h('div', { class: 'section-head' }, h('h3', { text: t('person.track') }), this.trackNote, h('div', { class: 'segmented small', role: 'group', 'aria-label': t('person.track') }, this.trackButtons)),
        h('div', { class: 'section-head' }, this.dayTitle, h('button', { type: 'button', class: 'button small', 'data-testid': 'open-day', onclick: () => this.onDay(member.id) }, icon('dwell'), t('day.open'))),
        this.timeline,
      ),
    );
    this.#paintFollow();
  }

  paint() {
    const position = this.#member.position;
    const nowMs = this.#session.now();
    const state = this.#store.stateOf(this.#member, nowMs);
    this.state.className = `state-pill state-${state}`;
    setText(this.state, position ? t(`state.${state}`) : t('people.neverSeen'));
    this.center.hidden = this.follow.hidden = !position;
    if (!position) {
      this.facts.replaceChildren(h('p', { class: 'hint', text: t('person.noPosition') }));
      this.#paintSites([]);
      return;
    }
    const late = Math.abs(position.receivedMs - position.fixMs) > 60_000;
    this.#fact('lastFix', position.fixMs ? (late ? dateAndClock(position.fixMs) : ago(nowMs - position.fixMs)) : t('person.unknown'));
    this.#fact('received', ago(nowMs - position.receivedMs));
    this.#fact('accuracy', position.accuracyM ? `± ${distance(position.accuracyM)}` : t('person.unknown'));
    this.#fact('speed', position.speedMps === null ? t('person.unknown') : speed(position.speedMps));
    this.#fact('heading', position.bearingDeg === null || state !== 'moving' ? '—' : heading(position.bearingDeg));
    this.#fact('battery', position.batteryPct === null ? t('person.unknown') : `${Math.round(position.batteryPct)} %`);
    this.#paintSites(position.fences);
  }

  #fact(key, value) {
    let node = this.#facts.get(key);
    if (!node) {
      node = h('dd');
      this.#facts.set(key, node);
      this.facts.append(h('div', {}, h('dt', { text: t(`person.${key}`) }), node));
    }
    setText(node, value);
  }

  #paintSites(fences) {
    const visits = this.#store.visitsNow({ member: this.#member.id });
    const since = new Map(visits.map((visit) => [visit.fence, visit.arrived_at]));
    const key = fences.map((id) => `${id} ${since.get(id) ?? ''}`).join('\n');
    if (this.sites.dataset.key === key && this.sites.childElementCount) return;
    this.sites.dataset.key = key;
    if (!fences.length) {
      this.sites.replaceChildren(h('span', { class: 'hint', text: t('person.noSites') }));
      return;
    }
    this.sites.replaceChildren(
      ...fences.map((id) => {
        const name = h('span');
        const at = since.get(id);
        const tag = h('span', { class: 'tag' }, icon('fence'), name, at ? h('span', { class: 'since', 'data-testid': 'since', text: t('visits.since', { time: clock(Date.parse(at)) }) }) : null);
        const paint = (words) => setText(name, words);
        paint(this.#map.fences.name(id, paint));
        return tag;
      }),
    );
  }

  async #loadDay() {
    const member = encodeURIComponent(this.#member.id);
    const lastMs = this.#member.position?.fixMs || this.#session.now();
    const from = new Date(lastMs);
    from.setHours(0, 0, 0, 0);
    const range = { from: from.toISOString(), to: new Date(Math.max(this.#session.now(), lastMs) + 3_600_000).toISOString(), limit: 1000 };
    const isToday = new Date(this.#session.now()).toDateString() === from.toDateString();
    setText(this.dayTitle, isToday ? t('person.day') : t('person.dayOf', { date: day(from.getTime()) }));
    try {
      const [punches, transitions] = await Promise.all([
        this.#session.list(`/v1/members/${member}/punches`, 'punches', range, 1000),
        this.#session.list(`/v1/members/${member}/transitions`, 'transitions', range, 1000),
      ]);
      const own = { member: this.#member.id };
      const entries = [...punches.rows.map((row) => punchEntry({ ...row, ...own })), ...transitions.rows.map((row) => transitionEntry({ ...row, ...own }))];
      this.#paintDay(entries.sort((a, b) => b.atMs - a.atMs).slice(0, 80));
    } catch {
      this.timeline.replaceChildren(h('li', { class: 'hint', text: t('person.failed') }));
    }
  }

  #paintDay(entries) {
    if (!entries.length) {
      this.timeline.replaceChildren(h('li', { class: 'hint', text: t('person.noDay') }));
      return;
    }
    this.timeline.replaceChildren(
      ...entries.map((entry) => {
        const title = h('span', { class: 'row-title' });
        if (entry.type === 'punch') {
          title.append(punchTitle(entry), h('span', { class: `verdict ${entry.verdict}`, text: t(`verdict.${entry.verdict}`) }));
        } else {
          const paint = (name) => setText(title, transitionTitle(entry, name));
          paint(entry.fenceName ?? this.#map.fences.name(entry.fence, paint));
        }
        const sub = entry.type === 'punch' ? punchFact(entry) : entry.inferred ? t('inferred') : '';
        return h('li', { class: entry.type === 'punch' ? entry.verdict : entry.kind }, h('time', { text: clock(entry.atMs) }), h('span', { class: 'row-main' }, title, sub ? h('span', { class: 'row-sub', text: sub }) : null));
      }),
    );
  }

  #chooseTrack(hours) {
    this.#trackHours = hours;
    this.trackButtons.forEach((button, index) => button.setAttribute('aria-pressed', String(TRACK_HOURS[index] === hours)));
    this.#loadTrack();
  }

  async #loadTrack() {
    const hours = this.#trackHours;
    if (!hours || !this.#member.position) {
      this.#track = [];
      this.#map.findings.clearTrack();
      setText(this.trackNote, '');
      return;
    }
    const toMs = this.#member.position.fixMs || this.#session.now();
    const query = { from: new Date(toMs - hours * 3_600_000).toISOString(), to: new Date(toMs + 60_000).toISOString(), limit: 1000 };
    try {
      const points = await this.#fetchTrack(query);
      if (hours !== this.#trackHours || !this.element.isConnected) return;
      this.#track = points;
      setText(this.trackNote, '');
      this.#map.findings.showTrack(points);
    } catch {
      setText(this.trackNote, t('person.failed'));
    }
  }

  async #fetchTrack(query) {
    const points = [];
    let cursor;
    for (let page = 0; page < TRACK_PAGES; page++) {
      const answer = await this.#session.get(`/v1/members/${encodeURIComponent(this.#member.id)}/track`, { ...query, cursor });
      points.push(...trackPoints(answer));
      cursor = nextCursor(answer) ?? answer?.properties?.next_cursor;
      if (!cursor) break;
    }
    return points.sort((a, b) => a.atMs - b.atMs);
  }

  /** The drawn track grows with the person, without asking the server again. */
  #onPosition() {
    this.paint();
    const { lat, lng, fixMs } = this.#member.position;
    if (!this.#track.length || fixMs <= this.#track.at(-1).atMs) return;
    this.#track.push({ lat, lng, atMs: fixMs });
    this.#map.findings.showTrack(this.#track);
  }

  #toggleFollow() {
    this.#map.follow(this.#map.followed === this.#member.id ? null : this.#member.id);
  }

  #paintFollow() {
    const on = this.#map.followed === this.#member.id;
    this.follow.setAttribute('aria-pressed', String(on));
    this.follow.replaceChildren(icon('follow'), t(on ? 'person.following' : 'person.follow'));
  }
}

/** A track page as points: a FeatureCollection of Points, or a LineString with times beside it. */
function trackPoints(answer) {
  const features = answer?.features ?? (answer?.type === 'Feature' ? [answer] : []);
  return features.flatMap(({ geometry, properties }) => {
    if (geometry?.type === 'Point') {
      const [lng, lat] = geometry.coordinates;
      return [{ lat, lng, atMs: Date.parse(properties?.fix_time ?? properties?.at ?? properties?.time ?? '') || 0 }];
    }
    if (geometry?.type !== 'LineString') return [];
    const times = properties?.times ?? properties?.fix_times ?? properties?.coordTimes ?? properties?.coordinateProperties?.times ?? [];
    return geometry.coordinates.map(([lng, lat], index) => ({ lat, lng, atMs: Date.parse(times[index] ?? '') || 0 }));
  });
}
