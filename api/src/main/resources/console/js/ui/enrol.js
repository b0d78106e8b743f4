// Registers a phone and shows, once, what each app needs: a code to scan and values to copy. Says when the phone is heard.

import { t } from '../i18n.js';
import { coordField } from './coords.js';
import { copyField, h, modal, setText } from './dom.js';

/** What each app is told, in the order of the list; a field is a path within its settings. */
const APPS = [
  { key: 'traccar', name: 'Traccar Client', on: 'Android · iOS', fields: ['url', 'device_identifier', 'link'] },
  { key: 'owntracks', name: 'OwnTracks', on: 'Android · iOS · HTTP', fields: ['url', 'username', 'password', 'device_id', 'link'] },
  { key: 'owntracks_mqtt', name: 'OwnTracks', on: 'Android · iOS · MQTT', fields: ['host', 'port', 'username', 'password', 'device_id', 'link'] },
  { key: 'overland', name: 'Overland', on: 'iOS', fields: ['url', 'token', 'link'] },
  { key: 'gpslogger', name: 'GPSLogger', on: 'Android', fields: ['url_template'] },
  { key: 'osmand', name: 'OsmAnd', on: 'Android', fields: ['url_template'] },
  { key: 'punch', name: 'enrol.punchPage', on: 'Android · iOS', fields: ['link'] },
  { key: 'native', name: 'enrol.ownApp', on: 'HTTP', fields: ['url', 'punches_url', 'header', 'signing_secret'] },
  { key: 'mqtt', name: 'enrol.ownApp', on: 'MQTT', fields: ['url', 'username', 'password', 'topic', 'pings_topic', 'signing_secret'] },
];
/** The apps that can sign, with the secret that the answer shows once. */
const SIGNING_APPS = ['native', 'mqtt'];
const LOOPBACK = /^(\w+:\/\/)?(127\.|localhost|\[::1\])/;

export class EnrolDialog {
  #member;
  #phone;
  #session;
  #onEnrolled;
  #stop = () => {};

  /** With {@code phone}, that one gets a new code; without, a new one is added. */
  constructor(member, phone, { session, store, onEnrolled }) {
    this.#member = member;
    this.#phone = phone;
    this.#session = session;
    this.#onEnrolled = onEnrolled;
    this.store = store;
  }

  open() {
    Object.assign(this, modal({ name: 'enrol', title: t('enrol.title', { name: this.#member.name }), onClose: () => this.#stop() }));
    if (this.#phone) this.#enrol({ id: this.#phone.id });
    else this.#askName();
  }

  #askName() {
    const name = h('input', { id: 'phone-name', maxlength: '100', autocomplete: 'off', placeholder: t('enrol.nameHint'), 'data-testid': 'phone-name' });
    const signing = h('select', { id: 'phone-signing', 'data-testid': 'phone-signing' }, ['none', 'HS256', 'EdDSA'].map((alg) => h('option', { value: alg, text: t(`enrol.signing.${alg}`) })));
    const publicKey = h('input', { 'aria-label': t('enrol.signing.publicKey'), placeholder: t('enrol.signing.publicKey'), minlength: '43', maxlength: '44', autocomplete: 'off', spellcheck: 'false', 'data-testid': 'phone-public-key' });
    const required = h('input', { type: 'checkbox', 'data-testid': 'phone-must-sign' });
    const keyField = h('div', { class: 'field', hidden: true }, publicKey);
    const mustSign = h('label', { class: 'check', hidden: true }, required, h('span', { text: t('enrol.signing.required') }));
    signing.addEventListener('change', () => {
      keyField.hidden = signing.value !== 'EdDSA';
      publicKey.required = !keyField.hidden;
      mustSign.hidden = signing.value === 'none';
    });
    const asked = () => ({
      ...(name.value.trim() && { label: name.value.trim() }),
      ...(coords.value() && { coord_type: coords.value() }),
      ...(signing.value !== 'none' && { signing: { alg: signing.value, required: required.checked, ...(publicKey.required && { public_key: publicKey.value.trim() }) } }),
    });
    const coords = coordField(null);
    this.problem = h('p', { class: 'login-error', role: 'alert', hidden: true });
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'phone-create', text: t('enrol.create') });
    const form = h(
      'form',
      {
        class: 'enrol-form',
        onsubmit: (event) => {
          event.preventDefault();
          submit.disabled = true;
          this.#enrol(asked()).finally(() => (submit.disabled = false));
        },
      },
      h('p', { class: 'hint', text: t('enrol.lead') }),
      h('label', { for: 'phone-name', text: t('enrol.name') }),
      h('div', { class: 'field' }, name),
      coords.element,
      h('label', { for: 'phone-signing', text: t('enrol.signing.label') }),
      h('div', { class: 'field select' }, signing),
      keyField,
      mustSign,
      this.problem,
      h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', text: t('phones.cancel'), onclick: () => this.dialog.close() }), submit),
    );
    this.body.replaceChildren(form);
    name.focus();
  }

  async #enrol(body) {
    const sinceMs = this.#session.now();
    try {
      const enrolled = await this.#session.post(`/v1/members/${encodeURIComponent(this.#member.id)}/devices`, body);
      const secret = enrolled.signing?.secret;
      if (secret) SIGNING_APPS.forEach((app) => enrolled.setup[app] && (enrolled.setup[app].signing_secret = secret));
      this.#show(enrolled.setup, sinceMs, secret ? 'native' : null);
      this.#onEnrolled();
    } catch (error) {
      const text = t('phones.failed', { detail: error.message });
      if (!this.problem) return this.body.replaceChildren(h('p', { class: 'login-error', role: 'alert', text }));
      this.problem.hidden = false;
      setText(this.problem, text);
    }
  }

  #show(setup, sinceMs, firstKey) {
    const apps = APPS.filter((app) => setup[app.key]);
    const panel = h('div', { class: 'app-panel', role: 'tabpanel', id: 'app-panel', tabindex: '0' });
    const tabs = apps.map((app) =>
      h('button', { type: 'button', role: 'tab', class: 'app-tab', id: `app-${app.key}`, 'aria-controls': 'app-panel', 'data-testid': `app-${app.key}`, onclick: () => choose(app) }, h('strong', { text: nameOf(app) }), h('span', { class: 'hint', text: app.on })),
    );
    const choose = (app) => {
      tabs.forEach((tab, index) => {
        tab.setAttribute('aria-selected', String(apps[index] === app));
        tab.tabIndex = apps[index] === app ? 0 : -1;
      });
      panel.setAttribute('aria-labelledby', `app-${app.key}`);
      panel.replaceChildren(...appPanel(app, setup[app.key]));
      panel.scrollTop = 0;
    };
    const onKey = (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
      next.focus();
      next.click();
    };
    const tabList = h('div', { class: 'app-tabs', role: 'tablist', 'aria-label': t('enrol.apps'), 'aria-orientation': 'vertical', onkeydown: onKey }, tabs);
    this.heard = h('p', { class: 'heard', role: 'status', 'data-testid': 'phone-heard' }, h('i', { class: 'dot' }), h('span', { text: t('enrol.waiting') }));
    this.body.replaceChildren(
      h('div', { class: 'apps' }, tabList, panel),
      h('footer', {}, h('div', {}, this.heard, h('p', { class: 'hint', text: t('enrol.once', { name: this.#member.name }) })), h('button', { type: 'button', class: 'button primary', text: t('enrol.done'), onclick: () => this.dialog.close() })),
    );
    const first = Math.max(0, apps.findIndex((app) => app.key === firstKey));
    choose(apps[first]);
    tabs[first].focus();
    this.#stop = this.store.on('positions', (members) => members.includes(this.#member) && this.#member.position?.receivedMs > sinceMs && this.#paintHeard());
  }

  #paintHeard() {
    this.heard.classList.add('yes');
    setText(this.heard.lastElementChild, t('enrol.heard'));
  }
}

function nameOf(app) {
  return app.name.includes('.') ? t(app.name) : app.name;
}

function appPanel(app, settings) {
  const fields = h('dl', { class: 'copy-fields' }, app.fields.filter((field) => settings[field] != null).map((field) => copyField(t(`enrol.field.${field}`), String(settings[field]), `setup-${field}`)));
  const code = settings.qr_svg ? h('div', { class: 'qr', role: 'img', 'aria-label': t('enrol.qr', { app: nameOf(app) }) }, drawing(settings.qr_svg)) : null;
  const note = LOOPBACK.test(`${settings.url ?? settings.url_template ?? settings.host}`) ? h('p', { class: 'app-note', text: t('enrol.loopback') }) : null;
  const head = h('div', { class: 'app-head' }, code, h('ol', { class: 'steps' }, t(`enrol.steps.${app.key}`).split('\n').map((step) => h('li', { text: step }))));
  return [head, note, fields].filter(Boolean);
}

function drawing(svg) {
  return document.importNode(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true);
}
