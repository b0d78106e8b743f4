// The page on which somebody punches: who they are, where they are, four buttons, and what was answered.

import { Doors, Refused, Unreached, kept } from './doors.js';
import * as passkey from './passkey.js';
import { has, language, t } from './words.js';

const KINDS = ['clock_in', 'clock_out', 'visit_in', 'visit_out'];
const RESEND_MS = 15000;
/** A position older than this is asked for anew; the server doubts one of two minutes. */
const FRESH_MS = 60000;
const SITES_EVERY_METERS = 25;

document.documentElement.lang = language;
document.title = t('title');
const page = document.getElementById('page');

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

function message(name, ...more) {
  page.replaceChildren(h('section', { 'data-testid': name }, h('h1', { text: t(`${name}.title`) }), h('p', { text: t(`${name}.text`) })), ...more);
}

/** The token stands behind the #, which no server is sent; it is taken out of the address at once. */
function tokenInLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

async function start() {
  const linked = tokenInLink();
  const token = linked ?? kept.token();
  if (!token) return message('noToken');
  const doors = new Doors(token);
  let me;
  try {
    me = await doors.get('v1/phone');
  } catch (error) {
    if (error instanceof Refused) {
      if (!linked) kept.forgetToken();
      return message('badToken');
    }
    return page.replaceChildren(h('section', {}, h('p', { text: t('offline') })), h('button', { class: 'primary', text: t('again'), onclick: start }));
  }
  if (linked && linked !== kept.token()) return askToKeep(token, doors, me);
  new Punching(doors, me).open();
}

function askToKeep(token, doors, me) {
  const keep = () => {
    kept.keepToken(token);
    new Punching(doors, me).open();
  };
  page.replaceChildren(
    h('section', {}, h('h1', { text: t('keep.title', { name: me.member.name }) }), h('p', { text: t('keep.text') })),
    h('button', { class: 'primary', 'data-testid': 'keep', text: t('keep.yes'), onclick: keep }),
  );
}

class Punching {
  #doors;
  #me;
  #position = null;
  #sitesAt = null;
  #site = null;
  #last = null;
  #sending = false;

  constructor(doors, me) {
    this.#doors = doors;
    this.#me = me;
  }

  open() {
    this.place = h('p', { class: 'soft', 'data-testid': 'position', text: t('position.asking') });
    this.sites = h('div', { class: 'sites', 'data-testid': 'sites' });
    this.answer = h('div', { 'data-testid': 'answer' });
    this.waiting = h('section', { class: 'waiting', hidden: true, 'data-testid': 'waiting' }, h('h2', { text: t('receipt.waiting') }), h('p'));
    this.buttons = KINDS.map((kind) => h('button', { type: 'button', 'data-testid': kind, text: t(`kind.${kind}`), onclick: () => this.#punch(kind) }));
    this.passkeys = h('section', { 'data-testid': 'passkeys' });
    page.replaceChildren(
      h('header', {}, h('h1', { 'data-testid': 'name', text: this.#me.member.name }), h('span', { class: 'soft', text: this.#me.device })),
      h('section', {}, h('h2', { text: t('sites.title') }), this.place, this.sites),
      this.answer,
      this.waiting,
      h('div', { class: 'kinds' }, ...this.buttons),
      this.passkeys,
    );
    this.#paintPasskeys();
    this.#paintWaiting();
    this.#watch();
    window.addEventListener('online', () => this.#sendAll());
    setInterval(() => this.#sendAll(), RESEND_MS);
    this.#sendAll();
  }

  #watch() {
    if (!window.isSecureContext || !navigator.geolocation) {
      this.place.textContent = t('position.insecure');
      return;
    }
    navigator.geolocation.watchPosition(
      (position) => this.#at(position),
      (error) => (this.place.textContent = t(error.code === error.PERMISSION_DENIED ? 'position.denied' : 'position.none')),
      { enableHighAccuracy: true, maximumAge: 5000 },
    );
  }

  #at(position) {
    this.#position = position;
    this.place.textContent = t('position.known', { meters: Math.round(position.coords.accuracy) });
    if (!this.#sitesAt || meters(this.#sitesAt, position.coords) > SITES_EVERY_METERS) this.#findSites(position.coords);
  }

  async #findSites({ latitude, longitude }) {
    this.#sitesAt = { latitude, longitude };
    try {
      const { sites } = await this.#doors.get(`v1/sites?lat=${latitude}&lng=${longitude}`);
      this.#paintSites(sites);
    } catch {
      this.#sitesAt = null;
    }
  }

  #paintSites(sites) {
    if (!sites.length) {
      this.#site = null;
      return this.sites.replaceChildren(h('p', { class: 'soft', text: t('sites.none') }));
    }
    if (!sites.some((site) => site.fence === this.#site)) this.#site = sites[0].distance_m <= 200 ? sites[0].fence : null;
    const row = (fence, name, distance) =>
      h('label', {}, h('input', { type: 'radio', name: 'site', value: fence ?? '', checked: fence === this.#site, onchange: () => (this.#site = fence) }), h('span', { text: name }), h('span', { class: 'soft', text: distance }));
    this.sites.replaceChildren(...sites.map((site) => row(site.fence, site.name || site.fence, `${Math.round(site.distance_m)} m`)), row(null, t('sites.any'), ''));
  }

  async #punch(kind) {
    const punch = { id: `w-${newId()}`, kind, at: Date.now(), ...this.#where(), ...(this.#site && { site: this.#site }) };
    this.#busy(true);
    try {
      if (this.#me.required === 'always') await this.#proveIfPossible(punch);
      kept.keep(punch);
      await this.#send(punch);
    } finally {
      this.#busy(false);
      this.#paintWaiting();
    }
  }

  #where() {
    if (!this.#position || Date.now() - this.#position.timestamp > FRESH_MS) return {};
    const { latitude, longitude, accuracy } = this.#position.coords;
    return { lat: latitude, lng: longitude, accuracy_m: accuracy, fix_time: Math.round(this.#position.timestamp) };
  }

  /** Proof at once spares the second try; who declines is asked again by the receipt. */
  async #proveIfPossible(punch) {
    if (!passkey.available || !this.#me.passkeys.length) return;
    try {
      punch.passkey = await passkey.prove(punch, this.#me.member.id, this.#me.rp_id, this.#me.passkeys);
    } catch {
      // the punch counts without it
    }
  }

  /** Sends it and shows what is answered; what can't be sent stays for later. */
  async #send(punch) {
    try {
      const receipt = await this.#doors.post('v1/punches', punch);
      kept.forget(punch.id);
      this.#last = { punch, receipt };
      this.#paintReceipt();
    } catch (error) {
      if (error instanceof Unreached) return;
      if (error instanceof Refused && error.status !== 401) kept.forget(punch.id);
      this.answer.replaceChildren(h('section', { class: 'receipt invalid' }, h('h2', { text: t('receipt.refused') }), h('p', { text: error.message })));
    }
  }

  async #sendAll() {
    if (this.#sending || !kept.punches().length) return;
    this.#sending = true;
    try {
      for (const punch of kept.punches()) await this.#send(punch);
    } finally {
      this.#sending = false;
      this.#paintWaiting();
    }
  }

  #paintReceipt() {
    const { punch, receipt } = this.#last;
    const time = new Date(punch.at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
    this.answer.replaceChildren(
      h(
        'section',
        { class: `receipt ${receipt.verdict}`, role: 'status', 'data-testid': 'receipt', 'data-verdict': receipt.verdict },
        h('h2', { text: t(`verdict.${receipt.verdict}`) }),
        h('p', { text: t('receipt.at', { kind: t(`kind.${receipt.kind}`), time }) }),
        receipt.reasons.length ? h('ul', {}, ...receipt.reasons.map((reason) => h('li', { text: inWords(reason) }))) : null,
        receipt.step_up ? this.#stepUp(receipt.step_up) : null,
      ),
    );
  }

  #stepUp(wanted) {
    if (!passkey.available) return null;
    if (!this.#me.passkeys.length) return h('p', { text: t('stepUp.enrolFirst') });
    const problem = h('p', { role: 'alert', hidden: true, text: t('stepUp.failed') });
    const button = h('button', { type: 'button', class: 'primary', 'data-testid': 'step-up', text: t('stepUp.button') });
    button.addEventListener('click', async () => {
      button.disabled = true;
      problem.hidden = true;
      const { punch } = this.#last;
      try {
        const proven = { ...punch, passkey: await passkey.prove(punch, this.#me.member.id, wanted.rp_id, this.#me.passkeys) };
        kept.keep(proven);
        await this.#send(proven);
      } catch {
        problem.hidden = false;
      } finally {
        button.disabled = false;
        this.#paintWaiting();
      }
    });
    return h('div', {}, h('p', { text: t('stepUp.text') }), button, problem);
  }

  #paintWaiting() {
    const count = kept.punches().length;
    this.waiting.hidden = count === 0;
    this.waiting.lastElementChild.textContent = t('receipt.waitingText', { count });
  }

  #paintPasskeys(note = '') {
    const count = this.#me.passkeys.length;
    this.passkeys.hidden = !passkey.available;
    const said = h('p', { class: 'soft', role: 'status', 'data-testid': 'passkey-note', text: note });
    this.passkeys.replaceChildren(
      h('h2', { text: t('passkey.title') }),
      h('p', { class: 'soft', 'data-testid': 'passkey-count', text: count ? t('passkey.count', { count }) : t('passkey.none') }),
      said,
      h('button', { type: 'button', class: 'small', 'data-testid': 'enrol', text: t('passkey.enrol'), onclick: () => this.#enrol() }),
    );
  }

  async #enrol() {
    try {
      const { public_key: options } = await this.#doors.post('v1/passkeys/options', {});
      const made = await this.#doors.post('v1/passkeys', { credential: await passkey.make(options), label: navigator.userAgentData?.platform || navigator.platform || undefined });
      this.#me.passkeys.push(made.credential_id);
      this.#paintPasskeys(t('passkey.done'));
      if (this.#last?.receipt.step_up) this.#paintReceipt();
    } catch (error) {
      this.#paintPasskeys(t('passkey.failed', { detail: error.message }));
    }
  }

  #busy(busy) {
    this.buttons.forEach((button) => (button.disabled = busy));
  }
}

function inWords(reason) {
  if (reason.code === 'OUTSIDE_SITE' && reason.certain === false) return t('reason.OUTSIDE_SITE.uncertain');
  return has(`reason.${reason.code}`) ? t(`reason.${reason.code}`) : t('reason.other', { code: reason.code });
}

/** Near enough for a decision whether to ask again. */
function meters(a, b) {
  const north = (a.latitude - b.latitude) * 111195;
  const east = (a.longitude - b.longitude) * 111195 * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(north, east);
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

start();
