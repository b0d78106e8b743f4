// Fences by their names, of everywhere or of what the map shows; one that is chosen is opened.

import { t } from '../i18n.js';
import { h, icon, setText } from './dom.js';

const PAGE_ROWS = 50;
const TYPING_MS = 250;

export class FenceList {
  element;
  #session;
  #map;
  #onOpen;
  #cursor = null;
  #asked = 0;
  #typing = 0;
  #onMoved = () => this.view.checked && this.#soon();

  constructor({ session, map, q = '', inView = false, onOpen }) {
    this.#session = session;
    this.#map = map;
    this.#onOpen = onOpen;
    this.search = h('input', { type: 'search', value: q, 'aria-label': t('fences.list.search'), placeholder: t('fences.list.search'), maxlength: '100', autocomplete: 'off', 'data-testid': 'fence-search', oninput: () => this.#soon() });
    this.view = h('input', { type: 'checkbox', checked: inView, 'data-testid': 'fence-in-view', onchange: () => this.reload() });
    this.note = h('p', { class: 'hint', role: 'status', 'data-testid': 'fence-list-note' });
    this.rows = h('ul', { class: 'fence-rows', 'data-testid': 'fence-rows' });
    this.more = h('button', { type: 'button', class: 'button small', hidden: true, 'data-testid': 'fence-more', text: t('quarantine.more'), onclick: () => this.#load() });
    this.element = h('div', { class: 'fence-list' }, h('div', { class: 'field search' }, icon('search'), this.search), h('label', { class: 'check' }, this.view, h('span', { text: t('fences.list.inView') })), this.note, this.rows, h('div', { class: 'buttons' }, this.more));
    map.map.on('moveend', this.#onMoved);
    this.reload();
  }

  get filter() {
    return { q: this.search.value, inView: this.view.checked };
  }

  dispose() {
    clearTimeout(this.#typing);
    this.#asked++;
    this.#map.map.un('moveend', this.#onMoved);
  }

  reload() {
    this.#cursor = null;
    return this.#load();
  }

  #soon() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.reload(), TYPING_MS);
  }

  /** The next page, or the first; of two questions the later one counts. */
  async #load() {
    const asked = ++this.#asked;
    const first = !this.#cursor;
    this.more.disabled = true;
    try {
      const { q, inView } = this.filter;
      const answer = await this.#session.get('/v1/fences', { q: q.trim(), bbox: inView ? this.#map.fences.bbox : null, limit: PAGE_ROWS, cursor: this.#cursor });
      if (asked !== this.#asked) return;
      const rows = answer.features.map((row) => this.#row(row));
      if (first) this.rows.replaceChildren(...rows);
      else this.rows.append(...rows);
      this.#cursor = answer.next_cursor ?? null;
      this.more.hidden = !this.#cursor;
      setText(this.note, this.rows.childElementCount ? '' : t('fences.list.none'));
      if (!first) rows[0]?.firstElementChild.focus();
    } catch (error) {
      if (asked === this.#asked) setText(this.note, t('fences.loadFailed', { detail: error.message }));
    } finally {
      if (asked === this.#asked) this.more.disabled = false;
    }
  }

  #row({ id, properties }) {
    const isArea = properties.fence_kind === 'area';
    const about = [isArea ? t('map.area') : null, properties.customer, id, ...(properties.tags ?? [])].filter(Boolean).join(' · ');
    const words = h('span', { class: 'row-main' }, h('span', { class: 'row-title', text: properties.name ?? id }), h('span', { class: 'row-sub', text: about }));
    return h('li', {}, h('button', { type: 'button', class: isArea ? 'area' : '', 'data-testid': 'fence-row', onclick: () => this.#onOpen(id) }, icon('fence'), words, icon('right')));
  }
}
