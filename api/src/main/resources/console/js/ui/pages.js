// Rows that are read page by page: from the first one on when a filter changes, further when somebody asks for more.

import { t } from '../i18n.js';
import { h } from './dom.js';

export const PAGE_ROWS = 50;

export class Pages {
  #read;
  #none;
  #cursor = null;
  #asked = 0;

  /**
   * @param name begins the test ids
   * @param columns the heads over the rows, hidden where there are none
   * @param read promises the rows' elements and the next cursor, given a limit and a cursor
   * @param none makes what stands where there are no rows
   */
  constructor({ name, columns, read, none }) {
    this.#read = read;
    this.#none = none;
    this.columns = columns;
    this.list = h('ul', { class: 'q-list', 'data-testid': `${name}-list` });
    this.more = h('button', { type: 'button', class: 'button small', hidden: true, 'data-testid': `${name}-more`, text: t('quarantine.more'), onclick: () => this.#load() });
    this.elements = [this.columns, this.list, h('div', { class: 'q-foot' }, this.more)];
  }

  reload() {
    this.#cursor = null;
    return this.#load();
  }

  async #load() {
    const ticket = ++this.#asked;
    const first = !this.#cursor;
    this.more.disabled = true;
    try {
      const [rows, next] = await this.#read({ limit: PAGE_ROWS, cursor: this.#cursor });
      if (ticket !== this.#asked) return; // another filter has been chosen since
      this.#cursor = next ?? null;
      if (!first) this.list.append(...rows);
      else this.list.replaceChildren(...(rows.length ? rows : [h('li', {}, this.#none())]));
      this.columns.hidden = first && !rows.length;
      this.more.hidden = !this.#cursor;
    } catch (error) {
      if (ticket === this.#asked) this.list.replaceChildren(h('li', { class: 'q-problem' }, h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) })));
    } finally {
      this.more.disabled = false;
    }
  }
}
