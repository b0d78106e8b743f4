// The left panel: search, team, state chips, and everybody in a list that draws only the rows in view.

import { t } from '../i18n.js';
import { ageOf } from '../format.js';
import { STATES } from '../store.js';
import { emptyState, h, hueOf, icon, initials, setText, throttled } from './dom.js';

const ROW_PX = 52;
const GROUP_PX = 30;
const OVERSCAN_PX = 260;
const collator = new Intl.Collator(undefined, { numeric: true });

export class PeoplePanel {
  element;
  #store;
  #session;
  #onSelect;
  #onFilter;
  #search = '';
  #team = '';
  #states = new Set();
  #rows = [];
  #sorted = [];
  #pool = [];
  #active = -1;
  selectedId = null;

  constructor(store, session, { onSelect, onFilter }) {
    this.#store = store;
    this.#session = session;
    this.#onSelect = onSelect;
    this.#onFilter = onFilter;
    this.#build();
    const refresh = throttled(500, () => this.refresh());
    store.on('positions', refresh);
    store.on('members', () => {
      this.#sorted = [];
      this.#paintTeams();
      this.refresh();
    });
    this.timer = setInterval(() => document.hidden || this.refresh(), 1000);
  }

  /** Whether the map should show a member: team and state rule the map too, the search only the list. */
  accepts = (member, state) => (!this.#states.size || this.#states.has(state)) && (!this.#teamTree || this.#teamTree.has(member.team));
  #teamTree = null;

  #build() {
    this.title = h('h2');
    this.count = h('span', { class: 'count', 'data-testid': 'member-count' });
    this.input = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: () => this.#onSearch(), onkeydown: (event) => event.key === 'ArrowDown' && this.list.focus() });
    this.teamSelect = h('select', { onchange: () => this.#onTeam() });
    this.chips = STATES.map((state) => {
      const number = h('b');
      const word = h('span');
      const chip = h('button', { type: 'button', class: `chip state-${state}`, 'aria-pressed': 'false', onclick: () => this.#toggleState(state) }, h('i', { class: 'dot' }), word, number);
      return { state, chip, number, word };
    });
    this.chipRow = h('div', { class: 'chips', role: 'group' }, this.chips.map((each) => each.chip));
    this.spacer = h('div', { class: 'rows' });
    this.list = h('div', { class: 'list', role: 'listbox', tabindex: '0', onscroll: () => this.#paintRows(), onkeydown: (event) => this.#onKey(event) }, this.spacer);
    this.empty = h('div', { class: 'list-empty', hidden: true });
    this.element = h(
      'section',
      { class: 'people', 'aria-labelledby': 'people-title' },
      h('div', { class: 'panel-head' }, this.title, this.count),
      h('div', { class: 'field search' }, icon('search'), this.input),
      h('div', { class: 'field select' }, this.teamSelect),
      this.chipRow,
      this.list,
      this.empty,
    );
    this.title.id = 'people-title';
    new ResizeObserver(() => this.#paintRows()).observe(this.list);
  }

  paintWords() {
    setText(this.title, t('people.title'));
    this.input.placeholder = t('people.search');
    this.input.setAttribute('aria-label', t('people.search'));
    this.teamSelect.setAttribute('aria-label', t('people.team'));
    this.chipRow.setAttribute('aria-label', t('people.states'));
    this.list.setAttribute('aria-label', t('people.title'));
    for (const { state, word } of this.chips) setText(word, t(`state.${state}`));
    this.#paintTeams();
    this.refresh();
  }

  focusSearch() {
    this.input.focus();
    this.input.select();
  }

  select(id) {
    this.selectedId = id;
    this.#paintRows();
  }

  /** Scrolls a person who was chosen elsewhere into view. */
  reveal(id) {
    const row = this.#rows.find((each) => each.member?.id === id);
    if (!row) return;
    const { scrollTop, clientHeight } = this.list;
    if (row.top < scrollTop || row.top + row.height > scrollTop + clientHeight) this.list.scrollTop = row.top - clientHeight / 2;
  }

  refresh() {
    const nowMs = this.#session.now();
    const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
    const words = this.#search.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const shown = [];
    let inTeam = 0;
    for (const member of this.#byName()) {
      if (this.#teamTree && !this.#teamTree.has(member.team)) continue;
      inTeam++;
      const state = this.#store.stateOf(member, nowMs);
      member.state = state;
      counts[state]++;
      if (this.#states.size && !this.#states.has(state)) continue;
      if (words.length && !words.every((word) => member.name.toLowerCase().includes(word) || member.id.toLowerCase().includes(word))) continue;
      shown.push(member);
    }
    for (const { state, chip, number } of this.chips) {
      setText(number, String(counts[state]));
      chip.classList.toggle('zero', counts[state] === 0);
    }
    const filtered = words.length > 0 || this.#states.size > 0;
    setText(this.count, filtered ? t('people.filteredCount', { shown: shown.length, count: inTeam }) : t('people.count', { count: inTeam }));
    this.count.dataset.count = shown.length;
    this.#layOut(shown);
    this.#paintEmpty(shown.length);
    this.#paintRows();
  }

  /** Sorted once for a set of members, not at every refresh. */
  #byName() {
    if (this.#sorted.length !== this.#store.members.size) {
      this.#sorted = [...this.#store.members.values()].sort((a, b) => collator.compare(a.name, b.name));
    }
    return this.#sorted;
  }

  #layOut(members) {
    const byTeam = new Map();
    for (const member of members) {
      const key = member.team ?? '';
      if (!byTeam.has(key)) byTeam.set(key, []);
      byTeam.get(key).push(member);
    }
    const teamName = (id) => (id ? this.#store.teamName(id) : t('people.noTeam'));
    const teams = [...byTeam.keys()].sort((a, b) => collator.compare(teamName(a), teamName(b)));
    this.#rows = [];
    let top = 0;
    for (const team of teams) {
      const group = byTeam.get(team);
      if (teams.length > 1 || team) {
        this.#rows.push({ top, height: GROUP_PX, group: teamName(team), size: group.length });
        top += GROUP_PX;
      }
      for (const member of group) {
        this.#rows.push({ top, height: ROW_PX, member });
        top += ROW_PX;
      }
    }
    this.spacer.style.height = `${top}px`;
  }

  #paintRows() {
    const { scrollTop, clientHeight } = this.list;
    const from = scrollTop - OVERSCAN_PX;
    const to = scrollTop + clientHeight + OVERSCAN_PX;
    let used = 0;
    for (let index = 0; index < this.#rows.length; index++) {
      const row = this.#rows[index];
      if (row.top + row.height < from) continue;
      if (row.top > to) break;
      this.#paintRow(this.#pooled(used++), row, index);
    }
    for (let index = used; index < this.#pool.length; index++) this.#pool[index].root.hidden = true;
    const active = this.#rows[this.#active];
    if (active?.member) this.list.setAttribute('aria-activedescendant', rowId(active.member));
    else this.list.removeAttribute('aria-activedescendant');
  }

  #pooled(index) {
    if (this.#pool[index]) return this.#pool[index];
    const avatar = h('span', { class: 'avatar', 'aria-hidden': 'true' });
    const name = h('span', { class: 'name' });
    const status = h('span', { class: 'status' });
    const age = h('span', { class: 'age' });
    const dot = h('i', { class: 'dot' });
    const group = h('span', { class: 'group-name' });
    const size = h('span', { class: 'group-size' });
    const root = h('div', {}, avatar, h('span', { class: 'who' }, name, h('span', { class: 'status-line' }, dot, status)), age, group, size);
    const slot = { root, avatar, name, status, age, group, size, member: null };
    root.addEventListener('click', () => slot.member && this.#onSelect(slot.member.id));
    this.spacer.append(root);
    this.#pool[index] = slot;
    return slot;
  }

  #paintRow(slot, row, index) {
    const { root } = slot;
    root.hidden = false;
    root.style.transform = `translateY(${row.top}px)`;
    slot.member = row.member ?? null;
    if (!row.member) {
      root.className = 'group';
      root.setAttribute('role', 'presentation');
      root.removeAttribute('data-testid');
      root.removeAttribute('id');
      setText(slot.group, row.group);
      setText(slot.size, String(row.size));
      return;
    }
    const { member } = row;
    const selected = member.id === this.selectedId;
    root.className = `person state-${member.state ?? 'offline'}${selected ? ' selected' : ''}${index === this.#active ? ' active' : ''}`;
    root.setAttribute('role', 'option');
    root.setAttribute('aria-selected', String(selected));
    root.dataset.testid = 'member-row';
    root.dataset.member = member.id;
    root.id = rowId(member);
    if (slot.avatar.dataset.name !== member.name) {
      slot.avatar.dataset.name = member.name;
      slot.avatar.style.setProperty('--hue', hueOf(member.name));
      setText(slot.avatar, initials(member.name));
    }
    setText(slot.name, member.name);
    setText(slot.status, member.position ? t(`state.${member.state ?? 'offline'}`) : t('people.neverSeen'));
    setText(slot.age, member.position ? ageOf(this.#session.now() - member.position.receivedMs) : '');
  }

  #paintEmpty(shown) {
    const kind = shown || !this.#store.loaded ? '' : this.#store.members.size ? 'none-match' : 'none';
    this.empty.hidden = !kind;
    this.list.hidden = Boolean(kind);
    const key = kind + document.documentElement.lang;
    if (this.empty.dataset.key === key) return;
    this.empty.dataset.key = key;
    if (kind === 'none') this.empty.replaceChildren(emptyState('people', t('people.none'), t('people.noneHint')));
    else if (kind) this.empty.replaceChildren(emptyState('search', t('people.noMatch'), t('people.noMatchHint'), h('button', { class: 'button small', type: 'button', text: t('people.clear'), onclick: () => this.#clear() })));
  }

  #paintTeams() {
    const option = (value, text) => h('option', { value, text });
    const branch = (parent, depth) =>
      [...this.#store.teams.values()]
        .filter((team) => (parent === null ? !team.parent || !this.#store.teams.has(team.parent) : team.parent === parent))
        .sort((a, b) => collator.compare(a.name, b.name))
        .flatMap((team) => [option(team.id, '\u2003'.repeat(depth) + team.name), ...(depth < 8 ? branch(team.id, depth + 1) : [])]);
    this.teamSelect.replaceChildren(option('', t('people.allTeams')), ...branch(null, 0));
    this.teamSelect.value = this.#team;
    this.teamSelect.parentElement.hidden = this.#store.teams.size < 2;
  }

  #onSearch() {
    this.#search = this.input.value;
    this.list.scrollTop = 0;
    this.refresh();
  }

  #onTeam() {
    this.#team = this.teamSelect.value;
    this.#teamTree = this.#team ? this.#store.teamTree(this.#team) : null;
    this.list.scrollTop = 0;
    this.refresh();
    this.#onFilter();
  }

  #toggleState(state) {
    if (!this.#states.delete(state)) this.#states.add(state);
    this.#paintChips();
    this.list.scrollTop = 0;
    this.refresh();
    this.#onFilter();
  }

  #paintChips() {
    for (const { state, chip } of this.chips) chip.setAttribute('aria-pressed', String(this.#states.has(state)));
    this.chipRow.classList.toggle('filtering', this.#states.size > 0);
  }

  #clear() {
    this.#search = this.input.value = '';
    this.#team = this.teamSelect.value = '';
    this.#teamTree = null;
    this.#states.clear();
    this.#paintChips();
    this.refresh();
    this.#onFilter();
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      let next = Math.max(-1, this.#active);
      for (let moved = 0; moved < Math.abs(step); moved++) {
        let candidate = next + Math.sign(step);
        while (this.#rows[candidate] && !this.#rows[candidate].member) candidate += Math.sign(step);
        if (!this.#rows[candidate]) break;
        next = candidate;
      }
      this.#active = next;
      const row = this.#rows[next];
      if (row) {
        if (row.top < this.list.scrollTop + GROUP_PX) this.list.scrollTop = row.top - GROUP_PX;
        else if (row.top + row.height > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = row.top + row.height - this.list.clientHeight;
      }
      this.#paintRows();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const member = this.#rows[this.#active]?.member;
      if (member) this.#onSelect(member.id);
    }
  }
}

function rowId(member) {
  return `person-${member.id}`;
}
