// What phones sent and nobody could use: how many of which kind, from whom, and the bytes themselves.

import { language, t } from '../i18n.js';
import { dateAndClock, number } from '../format.js';
import { emptyState, h, icon, setText } from './dom.js';
import { Pages } from './pages.js';

const TYPING_MS = 300;
const HOUR_MS = 3_600_000;
const PERIODS = { hour: HOUR_MS, day: 24 * HOUR_MS, all: null };
const HEX_COLUMNS = 16;

export class Quarantine {
  element;
  #session;
  #store;
  #code = null;
  #device = '';
  #period = 'all';
  #pages;
  #typing = 0;

  constructor(session, store) {
    this.#session = session;
    this.#store = store;
    this.chips = h('div', { class: 'chips', role: 'group', 'aria-label': t('quarantine.reasons') });
    const device = h('input', { type: 'search', 'aria-label': t('quarantine.device'), placeholder: t('quarantine.device'), maxlength: '64', autocomplete: 'off', 'data-testid': 'quarantine-device', oninput: (event) => this.#onDevice(event.target.value.trim()) });
    const period = h('select', { 'aria-label': t('quarantine.period'), 'data-testid': 'quarantine-period', onchange: (event) => this.#filter({ period: event.target.value }) }, Object.keys(PERIODS).map((name) => h('option', { value: name, selected: name === this.#period, text: t(`quarantine.periods.${name}`) })));
    const again = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('quarantine.reload'), title: t('quarantine.reload'), 'data-testid': 'quarantine-reload', onclick: () => this.reload() }, icon('refresh'));
    const columns = h('div', { class: 'q-columns', 'aria-hidden': 'true' }, ['received', 'reason', 'phone', 'size'].map((name) => h('span', { text: t(`quarantine.column.${name}`) })));
    this.#pages = new Pages({
      name: 'quarantine',
      columns,
      read: async (page) => {
        const { records, next_cursor: next } = await session.get('/v1/quarantine', { ...this.#query(), code: this.#code, ...page });
        return [records.map((record) => this.#row(record)), next];
      },
      none: () => this.#none(),
    });
    this.element = h(
      'div',
      { class: 'quarantine' },
      h('p', { class: 'lead', text: t('quarantine.lead') }),
      h('div', { class: 'q-filters' }, h('div', { class: 'field search' }, icon('search'), device), h('div', { class: 'field select' }, period), again),
      this.chips,
      this.#pages.elements,
    );
    this.reload();
  }

  /** From the newest on, with fresh counts. */
  reload() {
    this.#count();
    return this.#pages.reload();
  }

  #filter({ code = this.#code, period = this.#period, device = this.#device }) {
    this.#code = code;
    this.#period = period;
    this.#device = device;
    this.reload();
  }

  /** What is typed is asked for once it rests, and as soon as it can be an id. */
  #onDevice(device) {
    clearTimeout(this.#typing);
    if (device && !/^[A-Za-z0-9._:-]+$/.test(device)) return;
    this.#typing = setTimeout(() => this.#filter({ device }), TYPING_MS);
  }

  #query() {
    const spanMs = PERIODS[this.#period];
    return { device: this.#device, from: spanMs ? new Date(this.#session.now() - spanMs).toISOString() : undefined };
  }

  async #count() {
    try {
      const { counts } = await this.#session.get('/v1/quarantine/counts', this.#query());
      this.#paintChips(counts);
    } catch {
      this.chips.replaceChildren();
    }
  }

  #none() {
    const filtered = this.#code || this.#device || this.#period !== 'all';
    return filtered ? emptyState('search', t('quarantine.noMatch'), t('quarantine.noMatchHint')) : emptyState('check', t('quarantine.none'), t('quarantine.noneHint'));
  }

  #paintChips(counts) {
    const total = counts.reduce((sum, each) => sum + each.records, 0);
    const listed = counts.some((each) => each.code === this.#code) || !this.#code ? counts : [...counts, { code: this.#code, records: 0 }];
    const chip = (code, name, records) =>
      h('button', { type: 'button', class: 'chip', 'aria-pressed': String(code === this.#code), 'data-testid': 'quarantine-reason', 'data-code': code ?? 'all', onclick: () => this.#filter({ code }) }, name, h('b', { text: number(records, 0) }));
    this.chips.replaceChildren(...(total || this.#code ? [chip(null, t('quarantine.allReasons'), total), ...listed.map((each) => chip(each.code, codeName(each.code), each.records))] : []));
  }

  #row(record) {
    const detail = detailOf(record);
    const who = record.member ? this.#store.memberName(record.member) : null;
    const bytes = h('div', { class: 'q-bytes', hidden: true });
    const button = h(
      'button',
      { type: 'button', class: 'q-row', 'aria-expanded': 'false', onclick: () => toggle() },
      h('time', { class: 'q-time', text: dateAndClock(Date.parse(record.received_time)) }),
      h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: codeName(record.code) }), detail ? h('span', { class: 'row-sub', text: detail }) : null),
      h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: record.device ?? t('person.unknown') }), who ? h('span', { class: 'row-sub', text: who }) : null),
      h('span', { class: 'q-size', text: sizeName(record.sent_bytes) }),
      icon('right'),
    );
    const toggle = () => {
      if (!bytes.firstChild) bytes.append(...bytesView(record));
      bytes.hidden = !bytes.hidden;
      button.setAttribute('aria-expanded', String(!bytes.hidden));
    };
    return h('li', { class: 'q-item', 'data-testid': 'quarantine-row', 'data-code': record.code }, button, bytes);
  }
}

/** What came: as text where it is text, and always as a hex dump. */
function bytesView(record) {
  const kept = record.payload === undefined ? decodeBase64(record.payload_base64) : new TextEncoder().encode(record.payload);
  const text = record.payload === undefined ? null : record.payload;
  const dump = h('pre', { class: 'q-dump', tabindex: '0', 'data-testid': 'quarantine-bytes' });
  const ways = text === null ? ['hex'] : ['text', 'hex'];
  const buttons = ways.map((way) => h('button', { type: 'button', text: t(`quarantine.${way}`), 'data-testid': `quarantine-${way}`, onclick: () => show(way) }));
  const show = (way) => {
    buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(ways[index] === way)));
    dump.classList.toggle('wrapped', way === 'text');
    setText(dump, way === 'text' ? text || t('quarantine.nothing') : hexDump(kept) || t('quarantine.nothing'));
  };
  show(ways[0]);
  const said = kept.length < record.sent_bytes ? t('quarantine.cut', { kept: sizeName(kept.length), sent: sizeName(record.sent_bytes) }) : null;
  const choice = ways.length > 1 ? h('div', { class: 'segmented', role: 'group', 'aria-label': t('quarantine.view') }, buttons) : null;
  return [choice || said ? h('div', { class: 'q-tools' }, choice, said ? h('span', { class: 'hint', text: said }) : null) : null, dump].filter(Boolean);
}

/** A reason's words without its code: the field, if one is named, and what is wrong with it. */
function detailOf(record) {
  const words = record.source === 'door' ? record.reason.slice(record.code.length) : record.reason;
  return words.trim();
}

function codeName(code) {
  return language.find(`quarantine.code.${code}`) ?? code.replaceAll('_', ' ');
}

function sizeName(bytes) {
  return bytes < 1024 ? t('quarantine.bytes', { count: number(bytes, 0) }) : `${number(bytes / 1024, 1)} KiB`;
}

function decodeBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Sixteen bytes a line: where, in hex, and as ASCII where they can be shown. */
function hexDump(bytes) {
  const lines = [];
  for (let from = 0; from < bytes.length; from += HEX_COLUMNS) {
    const line = [...bytes.subarray(from, from + HEX_COLUMNS)];
    const hex = line.map((byte, index) => byte.toString(16).padStart(2, '0') + (index === 7 ? ' ' : '')).join(' ');
    const ascii = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${from.toString(16).padStart(4, '0')}  ${hex.padEnd(HEX_COLUMNS * 3 + 1)} ${ascii}`);
  }
  return lines.join('\n');
}
