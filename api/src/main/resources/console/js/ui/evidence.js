// The evidence of one alert: who, when, how suspicious, why in words and figures, where on the map, and the decision.

import { t } from '../i18n.js';
import { coordinates, dateAndClock, distance, figureName, figureValue, shownFigures } from '../format.js';
import { alertTitle, signalName, signalText } from '../words.js';
import { theme } from '../theme.js';
import { h, icon, setText } from './dom.js';

const DECISIONS = [
  ['acknowledged', 'acknowledge', ''],
  ['dismissed', 'dismiss', ''],
  ['confirmed', 'confirm', 'danger'],
];

export class EvidencePanel {
  element;
  #alert;
  #store;
  #map;
  #stop;
  #site = null;
  #punch = null;
  #disposed = false;

  constructor(alert, { store, map, onBack, onPerson }) {
    this.#alert = alert;
    this.#store = store;
    this.#map = map;
    this.#build(onBack, onPerson);
    this.#draw();
    this.#stop = [store.on('alerts', () => this.#paintStatus()), theme.on('changed', () => this.#draw(false))];
  }

  dispose() {
    this.#disposed = true;
    this.#stop.forEach((stop) => stop());
    this.#map.findings.clearEvidence();
  }

  #build(onBack, onPerson) {
    const alert = this.#alert;
    const band = alert.score < 30 ? 'accept' : alert.score <= 70 ? 'flag' : 'hold';
    this.status = h('span', { class: 'status-pill' });
    this.saved = h('p', { class: 'hint', role: 'status' });
    this.buttons = DECISIONS.map(([status, word, style]) => h('button', { type: 'button', class: `button ${style}`, 'data-status': status, onclick: () => this.#decide(status), text: t(`evidence.${word}`) }));
    this.where = h('dl', { class: 'facts' });
    const bar = h('div', { class: `score-bar ${band}`, role: 'meter', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(alert.score), 'aria-label': t('evidence.score') }, h('i', { style: { width: `${alert.score}%` } }), h('s', { style: { left: '30%' } }), h('s', { style: { left: '70%' } }));
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': t('evidence.title'), 'data-testid': 'alert-evidence', 'data-alert': alert.id },
      h('header', { class: 'detail-head' }, h('button', { type: 'button', class: 'icon-button', 'aria-label': t('evidence.back'), onclick: onBack }, icon('back')), h('div', { class: 'who' }, h('h2', { text: alertTitle(alert) }), h('p', { class: 'hint' }, h('button', { type: 'button', class: 'link', text: this.#store.memberName(alert.member), title: t('evidence.person'), onclick: () => onPerson(alert.member) }), ` · ${dateAndClock(alert.raisedMs)}`)), this.status),
      h('div', { class: 'detail-body' },
        h('section', { class: 'score-card' }, h('div', { class: 'score-line' }, h('span', { text: t('evidence.score') }), h('b', { class: band, text: String(alert.score) })), bar, h('p', { class: 'hint', text: `${t({ accept: 'evidence.bandAccept', flag: 'evidence.bandFlag', hold: 'evidence.bandHold' }[band])} · ${t('evidence.proposes')}` })),
        h('h3', { text: t('evidence.reasons') }),
        h('ul', { class: 'reasons' }, alert.reasons.length ? alert.reasons.map((reason) => this.#reason(reason)) : h('li', { class: 'hint', text: t('evidence.noReasons') })),
        h('h3', { text: t('evidence.where') }),
        this.where,
        Object.keys(alert.figures).length ? [h('h3', { text: t('evidence.details') }), this.#figures(alert.figures)] : null,
      ),
      h('footer', { class: 'decision' }, h('div', { class: 'buttons' }, this.buttons), this.saved),
    );
    this.#paintStatus();
  }

  #reason(reason) {
    return h('li', {}, h('div', { class: 'reason-head' }, h('strong', { text: signalName(reason.code) }), h('code', { text: reason.code })), h('p', { text: signalText(reason.code) }), this.#figures(reason));
  }

  #figures(figures) {
    const names = { member: (id) => this.#store.memberName(id), fence: (id) => this.#map.fences.name(id) };
    return h('dl', { class: 'figures' }, shownFigures(figures).map(([key, value]) => h('div', {}, h('dt', { text: figureName(key) }), h('dd', { text: figureValue(key, value, names) }))));
  }

  async #draw(move = true) {
    const alert = this.#alert;
    this.#punch ??= await this.#store.punchOf(alert);
    const nearest = alert.sites[0] ?? this.#punch?.sites[0];
    const siteId = nearest?.fence ?? alert.reasons.map((reason) => reason.fence ?? reason.site).find(Boolean);
    this.#site ??= siteId ? await this.#map.fences.get(siteId) : null;
    if (this.#disposed) return;
    const extent = this.#map.findings.showEvidence({
      place: alert.place ?? this.#punch?.place,
      accuracyM: alert.accuracyM ?? this.#punch?.accuracyM ?? alert.reasons.map((reason) => reason.accuracy_m).find((value) => typeof value === 'number'),
      site: this.#site,
      jump: jumpOf(alert.reasons),
      color: theme.color(alert.score > 70 ? 'invalid' : 'unverified'),
    });
    if (!move) return;
    if (extent) this.#map.showExtent(extent);
    else {
      const member = this.#store.members.get(alert.member);
      if (member) this.#map.showMember(member);
    }
    this.#paintWhere(nearest);
  }

  #paintWhere(nearest) {
    const row = (label, value) => h('div', {}, h('dt', { text: label }), h('dd', { text: value }));
    const place = this.#alert.place ?? this.#punch?.place;
    const name = nearest?.name ?? this.#site?.properties?.name;
    this.where.replaceChildren(
      ...[
        row(t('evidence.position'), place ? coordinates(place.lat, place.lng) : t('person.unknown')),
        name ? row(t('evidence.nearest'), name) : null,
        nearest && typeof nearest.distance_m === 'number' ? row(t('figure.distance_m'), nearest.distance_m > 0 ? distance(nearest.distance_m) : t('place.inside')) : null,
      ].filter(Boolean),
    );
  }

  #paintStatus() {
    const { status } = this.#alert = this.#store.alerts.get(this.#alert.id) ?? this.#alert;
    setText(this.status, t(`status.${status}`));
    this.status.className = `status-pill ${status}`;
    for (const button of this.buttons) button.setAttribute('aria-pressed', String(button.dataset.status === status));
  }

  async #decide(status) {
    this.buttons.forEach((button) => (button.disabled = true));
    try {
      await this.#store.setAlertStatus(this.#alert.id, status);
      setText(this.saved, t('evidence.saved', { status: t(`status.${status}`) }));
    } catch (error) {
      setText(this.saved, t('evidence.notSaved', { detail: error.message }));
    }
    this.buttons.forEach((button) => (button.disabled = false));
  }
}

/** The two ends of an impossible jump, however the figures spell them. */
function jumpOf(reasons) {
  for (const reason of reasons) {
    const from = end(reason.from) ?? end({ lat: reason.from_lat, lng: reason.from_lng }) ?? end({ lat: reason.previous_lat, lng: reason.previous_lng });
    const to = end(reason.to) ?? end({ lat: reason.to_lat, lng: reason.to_lng }) ?? end({ lat: reason.lat, lng: reason.lng });
    if (from && to) return [from, to];
  }
  return null;
}

function end(node) {
  return typeof node?.lat === 'number' && typeof node?.lng === 'number' ? { lat: node.lat, lng: node.lng } : null;
}
