// A person's day: figures and a list beside the map, the track on it, and under it a bar that is played like a film.

import { t } from '../i18n.js';
import { distance, number, span, zonedClock, zonedDate } from '../format.js';
import { signalName } from '../words.js';
import { h, hueOf, icon, initials, setText } from './dom.js';

const TRACK_PAGES = 12;
const SPEEDS = [60, 300, 1200, 3600];
const FRAME_MS = 40;
const DAY_MS = 86_400_000;

export class DayPanel {
  element;
  date;
  #member;
  #store;
  #session;
  #map;
  #day = null;
  #track = [];
  #atMs = 0;
  #speed = 300;
  #timer = 0;
  #asked = 0;

  constructor(member, { store, session, map, date, dockHost, onBack, onVisit }) {
    this.#member = member;
    this.#store = store;
    this.#session = session;
    this.#map = map;
    this.onVisit = onVisit;
    this.date = date ?? null;
    const avatar = h('span', { class: 'avatar large', style: { '--hue': hueOf(member.name) }, text: initials(member.name), 'aria-hidden': 'true' });
    const step = (name, days) => h('button', { type: 'button', class: 'icon-button', 'aria-label': t(`day.${name}`), title: t(`day.${name}`), 'data-testid': `day-${name}`, onclick: () => this.#step(days) }, icon(days < 0 ? 'back' : 'right'));
    this.dateField = h('input', { type: 'date', 'aria-label': t('day.date'), 'data-testid': 'day-date', onchange: (event) => event.target.value && this.#show(event.target.value) });
    this.facts = h('dl', { class: 'facts', 'data-testid': 'day-facts' });
    this.note = h('p', { class: 'hint day-note', role: 'status' });
    this.list = h('ol', { class: 'timeline day-list', 'data-testid': 'day-list' });
    const files = ['gpx', 'csv', 'geojson'].map((format) => h('button', { type: 'button', class: 'button small', 'data-testid': `day-${format}`, onclick: (event) => this.#export(format, event.currentTarget), text: format === 'geojson' ? 'GeoJSON' : format.toUpperCase() }));
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': t('day.of', { name: member.name }), 'data-testid': 'day-panel' },
      h('header', { class: 'detail-head' }, h('button', { type: 'button', class: 'icon-button', 'aria-label': t('day.back'), title: t('day.back'), onclick: onBack }, icon('back')), avatar, h('div', { class: 'who' }, h('h2', { text: member.name }), h('p', { class: 'hint', text: t('day.title') }))),
      h('div', { class: 'detail-body' }, h('div', { class: 'day-date' }, step('before', -1), h('div', { class: 'field' }, this.dateField), step('after', 1)), this.facts, this.note, h('div', { class: 'section-head' }, h('h3', { text: t('day.story') }), h('div', { class: 'day-files' }, files)), this.list),
    );
    this.#buildDock();
    dockHost.append(this.dock);
    this.#show(this.date);
  }

  dispose() {
    clearInterval(this.#timer);
    this.#asked++;
    this.dock.remove();
    this.#map.findings.clearTrack();
    this.#map.findings.clearEvidence();
  }

  #buildDock() {
    this.play = h('button', { type: 'button', class: 'icon-button play', 'data-testid': 'replay-play', onclick: () => this.#toggle() });
    this.speed = h('select', { 'aria-label': t('day.speed'), 'data-testid': 'replay-speed', onchange: (event) => (this.#speed = Number(event.target.value)) }, SPEEDS.map((each) => h('option', { value: each, selected: each === this.#speed, text: `${each}×` })));
    this.time = h('output', { class: 'replay-time', 'data-testid': 'replay-time' });
    this.what = h('span', { class: 'replay-what', 'data-testid': 'replay-what' });
    this.partLane = h('div', { class: 'lane parts', 'aria-hidden': 'true' });
    this.visitLane = h('div', { class: 'lane visit-lane', 'aria-hidden': 'true' });
    this.markLane = h('div', { class: 'lane mark-lane', 'aria-hidden': 'true' });
    this.hours = h('div', { class: 'lane hours', 'aria-hidden': 'true' });
    this.cursor = h('i', { class: 'replay-cursor', 'aria-hidden': 'true' });
    this.slider = h('input', { type: 'range', min: 0, max: 1, value: 0, step: 60_000, 'aria-label': t('day.slider'), 'data-testid': 'replay-slider', oninput: (event) => this.#seek(Number(event.target.value), true) });
    const legend = h('div', { class: 'legend' }, ['visit', 'stop', 'leg', 'gap'].map((kind) => h('span', {}, h('i', { class: `swatch ${kind}` }), t(`day.kind.${kind}`))));
    this.dock = h(
      'section',
      { class: 'dock', 'aria-label': t('day.replay'), 'data-testid': 'replay', onkeydown: (event) => this.#onKey(event) },
      h('div', { class: 'dock-head' }, this.play, this.time, this.what, h('span', { class: 'grow' }), legend, h('div', { class: 'field select small' }, this.speed)),
      h('div', { class: 'lanes' }, this.visitLane, this.partLane, this.markLane, this.hours, this.slider, this.cursor),
    );
    this.#paintPlay();
  }

  #step(days) {
    const date = new Date(`${this.date}T12:00:00Z`);
    this.#show(new Date(date.getTime() + days * DAY_MS).toISOString().slice(0, 10));
  }

  async #show(date) {
    const ticket = ++this.#asked;
    this.#stop();
    setText(this.note, t('person.loading'));
    const path = `/v1/members/${encodeURIComponent(this.#member.id)}`;
    let day;
    let track;
    try {
      day = await this.#session.get(`${path}/timeline`, { date });
      track = await this.#fetchTrack(`${path}/track`, day);
    } catch (error) {
      if (ticket === this.#asked) setText(this.note, t('phones.failed', { detail: error.message }));
      return;
    }
    if (ticket !== this.#asked) return; // another day has been chosen since
    this.date = day.date;
    this.#day = day;
    this.#track = track;
    this.dateField.value = day.date;
    this.#paint();
  }

  async #fetchTrack(path, day) {
    const points = [];
    let cursor;
    for (let page = 0; page < TRACK_PAGES; page++) {
      const answer = await this.#session.get(path, { from: day.from, to: day.to, limit: 10_000, cursor });
      for (const { geometry, properties } of answer.features) {
        const at = properties.order === 'future' ? properties.received_time : properties.fix_time;
        if (properties.order !== 'inaccurate') points.push({ lat: geometry.coordinates[1], lng: geometry.coordinates[0], atMs: Date.parse(at) });
      }
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    return points.sort((a, b) => a.atMs - b.atMs);
  }

  #paint() {
    const { summary, parts } = this.#day;
    const fact = (key, value, hint) => h('div', {}, h('dt', { text: t(`day.fact.${key}`) }), h('dd', { text: value, title: hint ?? null }));
    this.facts.replaceChildren(
      fact('measured', distance(summary.distance_measured_m)),
      fact('estimated', summary.distance_estimated_m ? `+ ${distance(summary.distance_estimated_m)}` : '—', t('day.estimatedHint')),
      fact('moving', span(summary.moving_s * 1000)),
      fact('stopped', span(summary.stopped_s * 1000)),
      fact('visits', `${number(summary.visits, 0)} · ${span(summary.visit_s * 1000)}`),
      fact('coverage', summary.coverage_pct === undefined ? '—' : `${number(summary.coverage_pct, 0)} %`, t('day.coverageHint')),
    );
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    setText(this.note, parts.length ? (this.#day.truncated ? t('day.truncated') : this.#day.time_zone === zone ? '' : t('day.zone', { zone: this.#day.time_zone })) : t('day.none'));
    this.note.hidden = !this.note.textContent;
    this.#paintList();
    this.#paintDock();
    this.#map.findings.showTrack(this.#track);
    const extent = this.#map.findings.trackExtent();
    if (extent) this.#map.showExtent(extent, [90, 90, 220, 90]);
    const first = parts.length ? Date.parse(parts[0].from) : Date.parse(this.#day.from);
    this.#seek(first, false);
  }

  #paintList() {
    const entries = [
      ...this.#day.parts.map((part) => ({ atMs: Date.parse(part.from), rank: 1, row: () => this.#partRow(part) })),
      ...this.#day.punches.map((punch) => ({ atMs: Date.parse(punch.at), rank: 2, row: () => this.#eventRow(punch.verdict, Date.parse(punch.at), t(`punchKind.${punch.kind}`), h('span', { class: `verdict ${punch.verdict}`, text: t(`verdict.${punch.verdict}`) })) })),
      ...this.#day.alerts.map((alert) => ({ atMs: Date.parse(alert.raised_at), rank: 3, row: () => this.#eventRow('invalid', Date.parse(alert.raised_at), signalName(alert.kind), null) })),
    ];
    entries.sort((a, b) => a.atMs - b.atMs || a.rank - b.rank);
    this.list.replaceChildren(...(entries.length ? entries.map((entry) => entry.row()) : [h('li', { class: 'hint', text: t('day.noneHint') })]));
  }

  #partRow(part) {
    const fromMs = Date.parse(part.from);
    const title = part.kind === 'stop' ? (part.name ?? t('day.kind.stop')) : t(`day.kind.${part.kind}`);
    const figures = [span(part.duration_s * 1000)];
    if (part.kind === 'leg') figures.push(distance(part.distance_measured_m));
    if (part.kind === 'gap' && part.distance_estimated_m) figures.push(t('day.about', { distance: distance(part.distance_estimated_m) }));
    const kind = part.kind === 'stop' && part.visit ? 'visit' : part.kind;
    const visit = part.visit ? h('button', { type: 'button', class: 'link', text: t('day.showVisit'), onclick: (event) => this.#openVisit(event, part.visit) }) : null;
    return h('li', { class: `part ${kind}`, 'data-testid': 'day-part', 'data-kind': part.kind }, h('time', { text: this.#clock(fromMs) }), h('span', { class: 'row-main' }, h('button', { type: 'button', class: 'seek', onclick: () => this.#go(part, fromMs) }, h('span', { class: 'row-title', text: title }), h('span', { class: 'row-sub', text: figures.join(' · ') })), visit));
  }

  #eventRow(look, atMs, title, tag) {
    return h('li', { class: look }, h('time', { text: this.#clock(atMs) }), h('span', { class: 'row-main' }, h('button', { type: 'button', class: 'seek', onclick: () => this.#seek(atMs, true) }, h('span', { class: 'row-title' }, title, tag))));
  }

  #openVisit(event, id) {
    event.stopPropagation();
    const visit = this.#day.visits.find((each) => each.id === id);
    if (visit) this.onVisit(visit);
  }

  #go(part, fromMs) {
    this.#seek(fromMs, true);
    if (part.kind === 'stop') this.#map.showPlace(part, 15);
  }

  /** The bar: from the first to the last thing known of the day, with the hours under it. */
  #paintDock() {
    const { parts, visits, punches, alerts } = this.#day;
    const dayFrom = Date.parse(this.#day.from);
    const dayTo = Date.parse(this.#day.to);
    const times = [...parts.flatMap((part) => [Date.parse(part.from), Date.parse(part.to)]), ...punches.map((punch) => Date.parse(punch.at))].filter((ms) => ms >= dayFrom && ms < dayTo);
    const padMs = 300_000;
    this.fromMs = times.length ? Math.max(dayFrom, Math.min(...times) - padMs) : dayFrom;
    this.toMs = times.length ? Math.min(dayTo, Math.max(...times) + padMs) : dayTo;
    this.slider.min = this.fromMs;
    this.slider.max = this.toMs;
    this.slider.step = 1000;
    const at = (ms) => `${(100 * (Math.min(this.toMs, Math.max(this.fromMs, ms)) - this.fromMs)) / (this.toMs - this.fromMs)}%`;
    const width = (fromMs, toMs) => `${(100 * Math.max(0, Math.min(this.toMs, toMs) - Math.max(this.fromMs, fromMs))) / (this.toMs - this.fromMs)}%`;
    const block = (look, fromMs, toMs, title) => h('i', { class: `block ${look}`, style: { left: at(fromMs), width: width(fromMs, toMs) }, title });
    this.partLane.replaceChildren(...parts.map((part) => block(part.kind, Date.parse(part.from), Date.parse(part.to), t(`day.kind.${part.kind}`))));
    this.visitLane.replaceChildren(
      ...visits.map((visit) => {
        const element = block('visit', Date.parse(visit.arrived_at), visit.left_at ? Date.parse(visit.left_at) : this.toMs, visit.name);
        element.append(h('span', { text: visit.name }));
        return element;
      }),
    );
    this.markLane.replaceChildren(...punches.map((punch) => h('i', { class: `pin ${punch.verdict}`, style: { left: at(Date.parse(punch.at)) } })), ...alerts.map((alert) => h('i', { class: 'pin alert', style: { left: at(Date.parse(alert.raised_at)) } })));
    const hourMs = 3_600_000;
    const count = (this.toMs - this.fromMs) / hourMs;
    const every = count > 16 ? 4 : count > 9 ? 2 : count > 2 ? 1 : 0.25;
    const ticks = [];
    for (let ms = Math.ceil((this.fromMs - dayFrom) / (every * hourMs)) * every * hourMs + dayFrom; ms < this.toMs; ms += every * hourMs) ticks.push(h('span', { style: { left: at(ms) }, text: this.#clock(ms) }));
    this.hours.replaceChildren(...ticks);
    this.dock.classList.toggle('empty-day', !parts.length);
    this.play.disabled = this.slider.disabled = !this.#track.length;
  }

  #onKey(event) {
    if (event.key === ' ' && event.target === this.slider) {
      event.preventDefault();
      this.#toggle();
    } else if (event.target === this.slider && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      const stepMs = event.shiftKey ? 600_000 : 60_000;
      this.#seek(this.#atMs + (event.key === 'ArrowRight' ? stepMs : -stepMs), true);
    }
  }

  #toggle() {
    if (this.#timer) {
      this.#stop();
      return;
    }
    if (!this.#track.length) return;
    if (this.#atMs >= this.toMs) this.#seek(this.fromMs, false);
    let lastMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const toMs = this.#atMs + (nowMs - lastMs) * this.#speed;
      lastMs = nowMs;
      this.#seek(Math.min(toMs, this.toMs), false);
      if (toMs >= this.toMs) this.#stop();
    }, FRAME_MS);
    this.#paintPlay();
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#paintPlay();
  }

  #paintPlay() {
    const words = t(this.#timer ? 'day.pause' : 'day.play');
    this.play.replaceChildren(icon(this.#timer ? 'pause' : 'play'));
    this.play.setAttribute('aria-label', words);
    this.play.title = words;
  }

  /** Shows where the person was at a moment. */
  #seek(atMs, byHand) {
    if (!this.#day) return;
    if (byHand) this.#stop();
    this.#atMs = Math.min(this.toMs, Math.max(this.fromMs, atMs));
    this.slider.value = this.#atMs;
    const part = this.#day.parts.findLast((each) => Date.parse(each.from) <= this.#atMs && this.#atMs <= Date.parse(each.to));
    const words = part ? (part.kind === 'stop' && part.name ? part.name : t(`day.kind.${part.kind}`)) : t('day.unknown');
    const time = this.#clock(this.#atMs, true);
    setText(this.time, time);
    setText(this.what, words);
    this.slider.setAttribute('aria-valuetext', `${time}, ${words}`);
    this.cursor.style.left = `${(100 * (this.#atMs - this.fromMs)) / Math.max(1, this.toMs - this.fromMs)}%`;
    this.list.querySelector('.now')?.classList.remove('now');
    if (part) this.list.querySelectorAll('.part')[this.#day.parts.indexOf(part)]?.classList.add('now');
    const place = this.#placeAt(this.#atMs);
    this.#map.findings.showReplay(place, part?.kind ?? 'gap');
    if (place) this.#map.keepInView(place, this.dock.offsetHeight);
  }

  /** Between the two fixes around a moment, in a straight line. */
  #placeAt(atMs) {
    const track = this.#track;
    if (!track.length) return null;
    let low = 0;
    let high = track.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (track[middle].atMs <= atMs) low = middle;
      else high = middle - 1;
    }
    const from = track[low];
    const to = track[low + 1];
    if (!to || atMs <= from.atMs) return from;
    const share = (atMs - from.atMs) / Math.max(1, to.atMs - from.atMs);
    return { lat: from.lat + (to.lat - from.lat) * share, lng: from.lng + (to.lng - from.lng) * share };
  }

  #clock(ms, withSeconds = false) {
    return zonedClock(ms, this.#day.time_zone, withSeconds);
  }

  async #export(format, button) {
    button.disabled = true;
    try {
      const url = URL.createObjectURL(await this.#session.file(`/v1/members/${encodeURIComponent(this.#member.id)}/timeline`, { date: this.date, format }));
      h('a', { href: url, download: `${this.#member.id}-${this.date}.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      setText(this.note, t('phones.failed', { detail: error.message }));
    } finally {
      button.disabled = false;
    }
  }
}

/** The date of a moment where the member is, as the timeline is asked for it. */
export function dateOf(iso, zone) {
  return zonedDate(Date.parse(iso), zone);
}
