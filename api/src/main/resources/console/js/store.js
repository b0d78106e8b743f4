// The console's picture of the team: members, their newest positions, teams, alerts and the activity stream.
// Frames of the live socket and answers of REST go in; 'positions', 'members', 'alerts', 'activity', 'alert-raised' and
// 'alert-changed' come out. Nothing here touches the page: the map reads members once a frame, the lists at most twice a second.

import { Emitter } from './events.js';

export const STATES = ['moving', 'at_site', 'still', 'suspect', 'offline'];
const SEVERITIES = ['info', 'warning', 'critical'];
const OFFLINE_AFTER_MS = 10 * 60_000;
const ACTIVITY_KEPT = 200;
const ALERTS_KEPT = 500;
const MARKS_KEPT = 300;
const PUNCH_SEARCH_MS = 36 * 3_600_000;

export class Store extends Emitter {
  members = new Map();
  teams = new Map();
  alerts = new Map();
  activity = [];
  openVisits = new Map();
  loaded = false;
  #session;
  #reloadTimer = 0;

  constructor(session) {
    super();
    this.#session = session;
  }

  async load() {
    const [teams, members, positions] = await Promise.all([
      this.#session.list('/v1/teams', 'teams').catch(this.#unlessSignedOut),
      this.#session.list('/v1/members', 'members').catch(this.#unlessSignedOut),
      this.#session.list('/v1/positions', 'positions').catch(this.#unlessSignedOut),
    ]);
    for (const team of teams.rows) this.teams.set(team.id, team);
    for (const row of members.rows) Object.assign(this.#member(row.id), { name: row.name ?? row.id, team: row.team ?? null, timeZone: row.time_zone ?? null });
    this.#takePositions(positions.rows);
    this.loaded = true;
    this.emit('members');
    await Promise.all([this.loadEvents(), this.loadVisits()]);
  }

  /** What may have been missed while the socket was away. */
  async loadEvents() {
    const [alerts, punches] = await Promise.all([
      this.#session.list('/v1/alerts', 'alerts', { status: 'unresolved', limit: 200 }, 400).catch(this.#unlessSignedOut),
      this.#session.list('/v1/punches', 'punches', { limit: 60 }, 60).catch(this.#unlessSignedOut),
    ]);
    this.alerts.clear();
    for (const alert of alerts.rows.reverse()) this.alerts.set(alert.id, normalAlert(alert));
    const known = new Set(this.activity.map((entry) => entry.key));
    for (const punch of punches.rows) {
      const entry = punchEntry(punch);
      if (!known.has(entry.key)) this.activity.push(entry);
    }
    this.activity.sort((a, b) => b.atMs - a.atMs);
    this.activity.length = Math.min(this.activity.length, ACTIVITY_KEPT);
    this.emit('alerts');
    this.emit('activity');
  }

  /** Who is at which customer now. */
  async loadVisits() {
    const { rows } = await this.#session.list('/v1/visits', 'visits', { open: true }, 5000).catch(this.#unlessSignedOut);
    this.openVisits = new Map(rows.map((visit) => [visit.id, visit]));
    this.emit('visits');
  }

  /** The visits that last at a customer, or of a person; the longest first. */
  visitsNow({ fence, member }) {
    const found = [...this.openVisits.values()].filter((visit) => (!fence || visit.fence === fence) && (!member || visit.member === member));
    return found.sort((a, b) => Date.parse(a.arrived_at) - Date.parse(b.arrived_at));
  }

  take(frame) {
    switch (frame.type) {
      case 'snapshot':
      case 'positions':
        this.#takePositions(frame.positions ?? []);
        break;
      case 'transition':
        this.#addActivity(transitionEntry(frame));
        break;
      case 'punch':
        this.#addActivity(punchEntry(frame));
        break;
      case 'alert':
        this.#takeAlert(frame.alert ?? frame);
        break;
      case 'visit':
        if (frame.status === 'open') this.openVisits.set(frame.id, frame);
        else this.openVisits.delete(frame.id);
        this.emit('visits');
        this.emit('visit', frame);
        break;
      default: // a newer server may say more than this console knows
    }
  }

  /** The state to show now: a phone that fell silent sends no frame that says so. */
  stateOf(member, nowMs = this.#session.now()) {
    const position = member.position;
    if (!position || nowMs - position.receivedMs > OFFLINE_AFTER_MS) return 'offline';
    return STATES.includes(position.state) ? position.state : 'still';
  }

  memberName(id) {
    return this.members.get(id)?.name ?? id;
  }

  teamName(id) {
    return this.teams.get(id)?.name ?? id;
  }

  /** The team itself and every team below it. */
  teamTree(id) {
    const tree = new Set([id]);
    for (let grown = true; grown; ) {
      grown = false;
      for (const team of this.teams.values()) {
        if (team.parent && tree.has(team.parent) && !tree.has(team.id)) grown = Boolean(tree.add(team.id));
      }
    }
    return tree;
  }

  /** All that nobody has resolved, the one that was seen last first. */
  openAlerts() {
    return [...this.alerts.values()].filter((alert) => alert.status !== 'resolved').sort((a, b) => b.lastMs - a.lastMs);
  }

  /** The punch that an alert is about: from the stream at hand, or asked for; null when there is none. */
  async punchOf(alert) {
    if (!alert.punch) return null;
    const key = `punch:${alert.member}:${alert.punch}`;
    const known = this.activity.find((entry) => entry.key === key);
    if (known) return known;
    const range = { from: new Date(alert.raisedMs - PUNCH_SEARCH_MS).toISOString(), to: new Date(alert.raisedMs + PUNCH_SEARCH_MS).toISOString() };
    const { rows } = await this.#session.list(`/v1/members/${encodeURIComponent(alert.member)}/punches`, 'punches', range, 1000).catch(this.#unlessSignedOut);
    const row = rows.find((punch) => punch.id === alert.punch);
    return row ? punchEntry({ ...row, member: alert.member }) : null;
  }

  /** The newest that were resolved. */
  async resolvedAlerts(limit) {
    const { rows } = await this.#session.list('/v1/alerts', 'alerts', { status: 'resolved', limit }, limit);
    return rows.map(normalAlert);
  }

  /** Takes a step, such as 'resolve', with the version that was seen, and what became of the alert. */
  async alertStep(alert, step, body) {
    const answer = await this.#session.post(`/v1/alerts/${encodeURIComponent(alert.id)}/${step}`, { ...body, version: alert.version });
    return this.keepAlert(answer);
  }

  /** An alert as REST tells it. */
  keepAlert(row) {
    const alert = normalAlert(row);
    this.alerts.set(alert.id, alert);
    this.emit('alerts');
    return alert;
  }

  #takePositions(rows) {
    const changed = [];
    let strangers = false;
    for (const row of rows) {
      if (typeof row.lat !== 'number' || typeof row.lng !== 'number') continue;
      const known = this.members.has(row.member);
      const member = this.#member(row.member);
      if (!known) {
        strangers = true;
        member.team = row.team ?? null;
      }
      const position = normalPosition(row);
      if (member.position && member.position.receivedMs > position.receivedMs) continue;
      member.previousReceivedMs = member.position?.receivedMs;
      member.position = position;
      changed.push(member);
    }
    if (strangers && this.loaded) this.#reloadMembersSoon();
    if (changed.length) this.emit('positions', changed);
  }

  #member(id) {
    let member = this.members.get(id);
    if (!member) {
      member = { id, name: id, team: null, position: null };
      this.members.set(id, member);
    }
    return member;
  }

  #reloadMembersSoon() {
    clearTimeout(this.#reloadTimer);
    this.#reloadTimer = setTimeout(() => this.load().catch(() => {}), 1500);
  }

  #addActivity(entry) {
    const at = this.activity.findIndex((each) => each.key === entry.key);
    if (at >= 0) this.activity.splice(at, 1);
    this.activity.unshift(entry);
    this.activity.length = Math.min(this.activity.length, ACTIVITY_KEPT);
    this.emit('activity', entry);
  }

  /** A frame says that an alert opened, occurred once more or was changed by people. */
  #takeAlert(row) {
    // An occurrence was shown before the database had said to which alert it belongs.
    if (row.corrects && row.corrects === row.occurrence) this.alerts.delete(row.corrects);
    const known = this.alerts.get(row.id);
    const alert = normalAlert(row);
    if (row.event === 'occurrence' && known) {
      known.occurrences = row.occurrence_count ?? known.occurrences + 1;
      known.lastMs = Math.max(known.lastMs, alert.raisedMs);
      known.score = Math.max(known.score, alert.score);
      if (SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(known.severity)) known.severity = alert.severity;
      this.emit('alert-changed', known);
    } else {
      this.alerts.set(alert.id, alert);
      if (this.alerts.size > ALERTS_KEPT) this.alerts.delete(this.alerts.keys().next().value);
      if (known) this.emit('alert-changed', alert);
      else if (alert.status === 'open') this.emit('alert-raised', alert);
    }
    this.emit('alerts');
  }

  /** Punches with a place, newest first, for the marks on the map. */
  punchMarks() {
    return this.activity.filter((entry) => entry.type === 'punch' && entry.place).slice(0, MARKS_KEPT);
  }

  /** One list that fails must not keep the rest of the console away; an ended session must. */
  #unlessSignedOut = (error) => {
    if (error.status === 401) throw error;
    console.warn('could not load', error);
    return { rows: [] };
  };
}

export function punchEntry(punch) {
  const atMs = Date.parse(punch.at ?? punch.received_time ?? '') || Date.now();
  return {
    key: `punch:${punch.member}:${punch.id}`,
    type: 'punch',
    member: punch.member,
    kind: punch.kind,
    verdict: punch.verdict ?? 'unverified',
    reasons: punch.reasons ?? [],
    sites: punch.sites ?? [],
    accuracyM: punch.accuracy_m ?? null,
    where: punch.place,
    place: typeof punch.lat === 'number' ? { lat: punch.lat, lng: punch.lng } : null,
    atMs,
    receivedMs: Date.parse(punch.received_time ?? '') || atMs,
  };
}

export function transitionEntry(transition) {
  const at = transition.at ?? transition.at_time ?? '';
  return {
    key: `transition:${transition.member}:${transition.fence}:${transition.kind}:${at}`,
    type: 'transition',
    member: transition.member,
    kind: transition.kind,
    fence: transition.fence,
    fenceName: transition.fence_name ?? null,
    inferred: Boolean(transition.inferred),
    atMs: Date.parse(at) || Date.now(),
  };
}

function normalPosition(row) {
  return {
    lat: row.lat,
    lng: row.lng,
    fixMs: Date.parse(row.fix_time) || 0,
    receivedMs: Date.parse(row.received_time) || Date.parse(row.fix_time) || 0,
    accuracyM: row.accuracy_m ?? null,
    speedMps: row.speed_mps ?? null,
    bearingDeg: row.bearing_deg ?? null,
    batteryPct: row.battery_pct ?? null,
    fences: row.fences ?? [],
    state: row.state ?? null,
  };
}

/** Alerts carry their reasons and place beside or inside the evidence: brought into one shape here. */
export function normalAlert(row) {
  const evidence = row.evidence ?? {};
  const reasons = row.reasons ?? evidence.reasons;
  const { reasons: _reasons, sites: _sites, lat: _lat, lng: _lng, ...figures } = evidence;
  return {
    id: row.id,
    member: row.member,
    device: row.device,
    kind: row.kind,
    severity: row.severity ?? 'warning',
    score: row.score ?? 0,
    status: row.status ?? 'open',
    raisedMs: Date.parse(row.raised_at) || Date.now(),
    lastMs: Date.parse(row.last_at ?? row.raised_at) || Date.now(),
    occurrences: row.occurrence_count ?? 1,
    version: row.version,
    assignee: row.assignee ?? null,
    resolution: row.resolution ?? null,
    place: placeOf(row) ?? placeOf(evidence) ?? placeOf(evidence.punch) ?? jumpEnd(reasons ?? [evidence]),
    accuracyM: row.accuracy_m ?? evidence.accuracy_m ?? null,
    sites: row.sites ?? evidence.sites ?? evidence.punch?.sites ?? [],
    punch: row.punch ?? (typeof evidence.punch === 'string' ? evidence.punch : null),
    reasons: reasons ?? [{ code: row.kind, ...figures }],
    figures: reasons?.some((reason) => Object.keys(figures).every((key) => key in reason)) || !reasons ? {} : figures,
  };
}

function jumpEnd(reasons) {
  const jump = reasons.find((reason) => typeof reason.to_lat === 'number' || placeOf(reason.to));
  return jump ? (placeOf(jump.to) ?? { lat: jump.to_lat, lng: jump.to_lng }) : null;
}

function placeOf(node) {
  return typeof node?.lat === 'number' && typeof node?.lng === 'number' ? { lat: node.lat, lng: node.lng } : null;
}
