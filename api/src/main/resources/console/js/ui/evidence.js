// The evidence of one alert: who, when, how suspicious, why in words and figures, what lies around it on the map and in
// time, what people have said and decided, and the next step.

import { t } from '../i18n.js';
import { clock, coordinates, dateAndClock, dateAndMinute, distance, figureName, figureValue, shownFigures } from '../format.js';
import { alertTitle, signalName, signalText } from '../words.js';
import { theme } from '../theme.js';
import { emptyState, h, icon, setText, throttled } from './dom.js';

const RESOLUTIONS = [
  ['honest', ''],
  ['unclear', ''],
  ['confirmed', 'danger'],
];
const NAMED_AFTER_MS = 10 * 60_000;
const CONFLICTS = new Set([409, 412]);

export class EvidencePanel {
  element;
  #alert;
  #store;
  #session;
  #map;
  #onPerson;
  #stop;
  #detail = null;
  #evidence = null;
  #site = null;
  #disposed = false;
  #asked = 0;

  constructor(alert, { store, session, map, onBack, onPerson }) {
    this.#alert = alert;
    this.#store = store;
    this.#session = session;
    this.#map = map;
    this.#onPerson = onPerson;
    this.#build(onBack);
    this.#load(true);
    const again = throttled(400, () => this.#disposed || this.#load(false));
    const changed = store.on('alert-changed', (each) => each.id === this.#alert.id && again());
    this.#stop = [changed, theme.on('changed', () => this.#draw())];
  }

  dispose() {
    this.#disposed = true;
    this.#stop.forEach((stop) => stop());
    this.#map.findings.clearEvidence();
    this.#map.findings.clearTrack();
  }

  #build(onBack) {
    this.status = h('span', { class: 'status-pill', 'data-testid': 'alert-status' });
    this.body = h('div', { class: 'detail-body' });
    this.foot = h('footer', { class: 'decision' });
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': t('evidence.title'), 'data-testid': 'alert-evidence', 'data-alert': this.#alert.id },
      h(
        'header',
        { class: 'detail-head' },
        h('button', { type: 'button', class: 'icon-button', 'aria-label': t('evidence.back'), onclick: onBack }, icon('back')),
        h('div', { class: 'who' }, h('h2', { text: alertTitle(this.#alert) }), h('p', { class: 'hint' }, this.#personLink(this.#alert.member), ` · ${dateAndMinute(this.#alert.raisedMs)}`)),
        this.status,
      ),
      this.body,
      this.foot,
    );
    this.#paintStatus();
    this.body.replaceChildren(this.#scoreCard(), h('p', { class: 'hint loading', role: 'status', text: t('evidence.loading') }));
  }

  #personLink(id) {
    return h('button', { type: 'button', class: 'link', text: this.#store.memberName(id), title: t('evidence.person'), onclick: () => this.#onPerson(id) });
  }

  async #load(move) {
    const asked = ++this.#asked;
    const path = `/v1/alerts/${encodeURIComponent(this.#alert.id)}`;
    try {
      const [detail, evidence] = await Promise.all([this.#session.get(path), this.#session.get(`${path}/evidence`)]);
      if (this.#disposed || asked !== this.#asked) return;
      this.#detail = detail;
      this.#evidence = evidence;
      const { occurrences: _occurrences, comments: _comments, history: _history, ...row } = detail;
      this.#alert = this.#store.keepAlert(row);
      const nearest = evidence.sites[0];
      this.#site = nearest ? await this.#map.fences.get(nearest.fence) : null;
      if (this.#disposed) return;
      this.#paint();
      this.#draw(move);
    } catch (error) {
      if (this.#disposed || asked !== this.#asked) return;
      this.body.querySelector('.loading')?.remove();
      this.body.append(h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) }));
      // An alert that has just been raised is in the database some milliseconds later.
      if (error.status === 404) setTimeout(() => this.#disposed || this.#load(move), 1000);
    }
  }

  #paint() {
    const { signals, punches, devices, sites, related } = this.#evidence;
    const keptTop = this.body.scrollTop;
    const section = (title, items, build) => (items.length ? [h('h3', { text: title }), h('ul', { class: 'related' }, items.map(build))] : []);
    this.body.replaceChildren(
      this.#scoreCard(),
      h('h3', { text: t('evidence.reasons') }),
      h('ul', { class: 'reasons' }, signals.length ? signals[0].reasons.map((reason) => this.#reason(reason)) : h('li', { class: 'hint', text: t('evidence.noReasons') })),
      ...this.#earlier(signals.slice(1)),
      h('h3', { text: t('evidence.where') }),
      this.#where(sites[0]),
      ...section(t('evidence.punches'), punches, (punch) => this.#punchRow(punch)),
      ...section(t('evidence.sites'), sites.slice(1, 5), (site) => h('li', {}, icon('fence'), h('span', { class: 'grow', text: site.name ?? site.fence }), h('span', { class: 'hint', text: distanceText(site.distance_m) }))),
      ...section(t('evidence.devices'), devices, (device) => h('li', {}, icon('phone'), h('span', { class: 'grow', text: device.label ?? device.device }), h('span', { class: 'hint', text: device.active ? t('evidence.since', { date: dateAndClock(Date.parse(device.enrolled_at)) }) : t('evidence.revoked') }))),
      ...section(t('evidence.related'), related, (person) => this.#relatedRow(person)),
      h('h3', { text: t('evidence.history') }),
      this.#history(),
    );
    this.body.scrollTop = keptTop;
    this.#paintStatus();
    this.#paintFoot();
  }

  #scoreCard() {
    const { score, occurrences, lastMs, assignee } = this.#alert;
    const band = score < 30 ? 'accept' : score <= 70 ? 'flag' : 'hold';
    const bar = h('div', { class: `score-bar ${band}`, role: 'meter', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(score), 'aria-label': t('evidence.score') }, h('i', { style: { width: `${score}%` } }), h('s', { style: { left: '30%' } }), h('s', { style: { left: '70%' } }));
    const more = [occurrences > 1 ? t('evidence.seen', { count: occurrences, time: dateAndClock(lastMs) }) : null, assignee ? t('alerts.assignedTo', { user: assignee }) : null].filter(Boolean).join(' · ');
    return h(
      'section',
      { class: 'score-card' },
      h('div', { class: 'score-line' }, h('span', { text: t('evidence.score') }), h('b', { class: band, text: String(score) })),
      bar,
      h('p', { class: 'hint', text: `${t({ accept: 'evidence.bandAccept', flag: 'evidence.bandFlag', hold: 'evidence.bandHold' }[band])} · ${t('evidence.proposes')}` }),
      more ? h('p', { class: 'seen', 'data-testid': 'alert-seen', text: more }) : null,
    );
  }

  #reason(reason) {
    return h('li', {}, h('div', { class: 'reason-head' }, h('strong', { text: signalName(reason.code) }), h('code', { text: reason.code })), h('p', { text: signalText(reason.code) }), this.#figures(reason));
  }

  #figures(figures) {
    const names = { member: (id) => this.#store.memberName(id), fence: (id) => this.#map.fences.name(id) };
    return h('dl', { class: 'figures' }, shownFigures(figures).map(([key, value]) => h('div', {}, h('dt', { text: figureName(key) }), h('dd', { text: figureValue(key, value, names) }))));
  }

  /** The occurrences before the newest, folded. */
  #earlier(signals) {
    if (!signals.length) return [];
    const row = (signal) => h('li', {}, h('time', { text: dateAndClock(Date.parse(signal.raised_at)) }), h('span', { class: 'grow', text: signal.reasons.map((reason) => signalName(reason.code)).join(' · ') }), h('b', { text: String(signal.score) }));
    return [h('details', { class: 'earlier' }, h('summary', { text: t('evidence.earlier', { count: signals.length }) }), h('ul', { class: 'related' }, signals.map(row)))];
  }

  #where(nearest) {
    const row = (label, value) => h('div', {}, h('dt', { text: label }), h('dd', { text: value }));
    const { place } = this.#alert;
    const points = this.#evidence.track.points;
    return h(
      'dl',
      { class: 'facts' },
      row(t('evidence.position'), place ? coordinates(place.lat, place.lng) : t('person.unknown')),
      nearest ? row(t('evidence.nearest'), nearest.name ?? nearest.fence) : null,
      nearest ? row(t('figure.distance_m'), distanceText(nearest.distance_m)) : null,
      row(t('evidence.track'), points ? t('evidence.fixes', { count: points }) : t('evidence.noFixes')),
    );
  }

  #punchRow(punch) {
    const verdict = punch.verdict ?? 'unverified';
    return h('li', {}, h('time', { text: clock(Date.parse(punch.at)) }), h('span', { class: 'grow', text: t(`punchKind.${punch.kind}`) }), punch.policy_version === undefined ? null : h('span', { class: 'hint', text: t('evidence.policy', { version: punch.policy_version }) }), h('span', { class: `verdict ${verdict}`, text: t(`verdict.${verdict}`) }));
  }

  #relatedRow(person) {
    const facts = [person.same_phone ? t('evidence.samePhone') : null, typeof person.distance_m === 'number' ? t('evidence.near', { distance: distance(person.distance_m), time: clock(Date.parse(person.at)) }) : null];
    return h('li', { 'data-testid': 'related-person' }, icon('people'), h('span', { class: 'grow' }, this.#personLink(person.member)), h('span', { class: 'hint', text: facts.filter(Boolean).join(' · ') }));
  }

  #history() {
    const { history } = this.#detail;
    if (!history.length) return emptyState('shield', t('evidence.history'), '');
    return h(
      'ol',
      { class: 'steps-taken', 'data-testid': 'alert-history' },
      history.map((step) => {
        const who = step.user ?? (step.action === 'appealed' && step.by === 'member' ? this.#store.memberName(this.#alert.member) : null);
        const words = step.text ?? step.note;
        return h(
          'li',
          { class: `${step.action} ${step.resolution ?? ''}` },
          h('div', { class: 'step-head' }, h('strong', { text: stepText(step) }), h('time', { text: dateAndClock(Date.parse(step.at)) })),
          who ? h('p', { class: 'hint', text: who }) : null,
          words ? h('blockquote', { text: words }) : null,
        );
      }),
    );
  }

  #paintStatus() {
    const { status, resolution } = this.#alert;
    setText(this.status, status === 'resolved' ? t(`resolution.${resolution}`) : t(`status.${status}`));
    this.status.className = `status-pill ${status} ${resolution ?? ''}`;
  }

  /** What can be done next; the text is a remark, or the reason of the step that is taken with it. */
  #paintFoot() {
    const { status } = this.#alert;
    const kept = this.note?.value ?? '';
    this.note = h('textarea', { rows: '2', maxlength: '2000', placeholder: t('evidence.remark'), 'aria-label': t('evidence.remark'), 'data-testid': 'alert-note' });
    this.note.value = kept;
    this.saved = h('p', { class: 'hint', role: 'status', 'data-testid': 'alert-saved' });
    const button = (testId, words, style, onclick) => h('button', { type: 'button', class: `button small ${style}`, 'data-testid': testId, onclick, text: words });
    const text = () => this.note.value.trim() || undefined;
    const needsText = (step) => () => (text() ? this.#take(step, { text: text() }) : this.note.focus());
    const comment = button('alert-comment', t('evidence.comment'), '', needsText('comments'));
    const appeal = button('alert-appeal', t('evidence.appeal'), '', needsText('appeal'));
    appeal.title = t('evidence.appealHint');
    const steps =
      status === 'resolved'
        ? [appeal, button('alert-reopen', t('evidence.reopen'), '', () => this.#take('reopen', { note: text() }))]
        : RESOLUTIONS.map(([resolution, style]) => button(`alert-${resolution}`, t(`evidence.resolve.${resolution}`), style, () => this.#take('resolve', { resolution, note: text() })));
    const assign = status === 'resolved' ? [] : [this.#assignment((user) => this.#take('assign', { user, note: text() })), appeal];
    this.foot.replaceChildren(h('div', { class: 'field' }, this.note), h('div', { class: 'buttons' }, comment, assign), h('div', { class: 'buttons decide' }, steps), this.saved);
  }

  /** A choice of who looks into it: the asker, and who leads the member's team or one above it. */
  #assignment(choose) {
    const me = this.#session.user?.id;
    const { assignee, member } = this.#alert;
    const users = new Set([me, assignee].filter(Boolean));
    for (let team = this.#store.teams.get(this.#store.members.get(member)?.team), left = 20; team && left > 0; team = this.#store.teams.get(team.parent), left--) {
      for (const user of team.managers ?? []) users.add(user);
    }
    const words = (user) => (user === me ? t('evidence.me', { user }) : user);
    const select = h(
      'select',
      { 'aria-label': t('evidence.assign'), 'data-testid': 'alert-assign', onchange: () => choose(select.value || null) },
      h('option', { value: '', text: t(assignee ? 'evidence.release' : 'evidence.assign') }),
      [...users].map((user) => h('option', { value: user, text: words(user), selected: user === assignee })),
    );
    return h('div', { class: 'field select' }, select);
  }

  async #take(step, body) {
    for (const each of this.foot.querySelectorAll('button, select')) each.disabled = true;
    try {
      this.#alert = await this.#store.alertStep(this.#alert, step, body);
      this.note.value = '';
      await this.#load(false);
      setText(this.saved, t('evidence.saved'));
    } catch (error) {
      if (CONFLICTS.has(error.status)) await this.#load(false);
      setText(this.saved, error.status === 412 ? t('evidence.stale') : t('evidence.notSaved', { detail: error.message }));
    }
    for (const each of this.foot.querySelectorAll('button, select')) each.disabled = false;
  }

  #draw(move = false) {
    if (!this.#evidence) return;
    const track = this.#evidence.track.features.map(({ geometry, properties }) => ({ lat: geometry.coordinates[1], lng: geometry.coordinates[0], atMs: Date.parse(properties.fix_time), accuracyM: properties.accuracy_m }));
    const reasons = this.#evidence.signals.flatMap((signal) => signal.reasons);
    // While it is fresh their markers stand beside it and have their names already.
    const old = this.#session.now() - this.#alert.lastMs > NAMED_AFTER_MS;
    const placed = this.#evidence.punches.find((punch) => typeof punch.lat === 'number');
    this.#map.findings.showTrack(track);
    const extent = this.#map.findings.showEvidence({
      place: this.#alert.place ?? (placed ? { lat: placed.lat, lng: placed.lng } : null),
      accuracyM: this.#alert.accuracyM ?? placed?.accuracy_m ?? reasons.map((reason) => reason.accuracy_m).find((value) => typeof value === 'number'),
      site: this.#site,
      jump: jumpOf(reasons),
      track,
      people: this.#evidence.related.filter((person) => typeof person.lat === 'number').map((person) => (old ? person : { ...person, name: '' })),
      color: theme.color(this.#alert.score > 70 ? 'invalid' : 'unverified'),
    });
    if (!move) return;
    if (extent) this.#map.showExtent(extent);
    else {
      const member = this.#store.members.get(this.#alert.member);
      if (member) this.#map.showMember(member);
    }
  }
}

function stepText(step) {
  if (step.action === 'assigned') return step.assignee ? t('step.assigned', { user: step.assignee }) : t('step.released');
  if (step.action === 'resolved') return t('step.resolved', { resolution: t(`resolution.${step.resolution}`) });
  if (step.action === 'severity') return t('step.severity', { severity: t(`severity.${step.severity}`) });
  return t(`step.${step.action}`);
}

function distanceText(meters) {
  return meters > 0 ? distance(meters) : t('place.inside');
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
