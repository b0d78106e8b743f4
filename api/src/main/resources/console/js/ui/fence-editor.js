// Draws, changes, imports and deletes fences, and says which of them contain a point. A fence is stored as a whole; what the
// server refuses is shown at the field that it names.

import { ago } from '../format.js';
import { t } from '../i18n.js';
import { Draft } from '../map/draft.js';
import { DAYS, spansOf } from '../opening-hours.js';
import { h, icon, question, setText } from './dom.js';
import { FenceList } from './fence-list.js';
import { unlessUnsaved } from './unsaved.js';

const SHAPES = ['polygon', 'circle', 'corridor'];
const EDITORS_TOOLS = ['list', ...SHAPES, 'import', 'test'];
const READERS_TOOLS = ['list', 'test'];
const POLICY = ['max_accuracy_m', 'enter_after_ms', 'exit_buffer_m', 'exit_fixes', 'exit_after_ms', 'dwell_ms'];
/** Told in seconds here: nobody counts in thousandths. */
const SECONDS = ['enter_after_ms', 'exit_after_ms', 'dwell_ms'];
const REJECTED_SHOWN = 200;
/** What the server keeps of a fence by itself. */
const SERVERS = ['index_version', 'updated_at', 'updated_by'];
/** Fields that the map changes too: whether they were changed, the draft knows. */
const METRES = { circle: '/properties/radius_m', corridor: '/properties/half_width_m' };

export class FenceEditor {
  element;
  #session;
  #map;
  #mayEdit;
  #draft;
  #row;
  #tools;
  #tool = null;
  #fields = new Map();
  #savedRevision = 0;
  #savedName = null;
  #unimported = false;
  #imported = null;
  /** Somebody was quicker: the fence as it is now, or without when it is gone. */
  #conflict = null;
  #list = null;
  #turn = 0;
  #abandoned = false;
  #onClose;
  #onOpen;
  #onList;
  #onSaved;
  #onKey = (event) => this.#undoOn(event);
  #onUnload = (event) => this.dirty && event.preventDefault();

  /** With {@code row}, that fence is changed, or looked at by whoever may not; without, a tool makes, lists or asks. */
  constructor(row, { session, map, mayEdit, tool, onClose, onOpen, onList, onSaved }) {
    this.#row = row;
    this.#session = session;
    this.#map = map;
    this.#mayEdit = mayEdit;
    this.#onClose = onClose;
    this.#onOpen = onOpen;
    this.#onList = onList;
    this.#onSaved = onSaved;
    this.#draft = new Draft(map.map);
    this.#tools = mayEdit ? EDITORS_TOOLS : READERS_TOOLS;
    this.head = h('header', { class: 'detail-head' });
    this.toolbar = h('div', { class: 'fence-tools segmented', role: 'group' });
    this.body = h('div', { class: 'detail-body fence-editor' });
    this.element = h('article', { class: 'detail', 'data-testid': 'fence-editor' }, this.head, this.toolbar, this.body);
    map.editing = mayEdit;
    this.#draft.on('changed', () => this.#paintShape());
    document.addEventListener('keydown', this.#onKey);
    addEventListener('beforeunload', this.#onUnload);
    if (row) {
      this.#draft.edit(row, mayEdit);
      this.#paintForm();
      this.#showShape();
    } else {
      this.#take(tool ?? (mayEdit ? 'polygon' : 'list'));
    }
    this.#paintHead();
  }

  /** Whether something would be lost with the editor. */
  get dirty() {
    if (this.#abandoned) return false;
    if (this.#tool === 'import') return this.#unimported;
    return this.#drawn || [...this.#fields.keys()].some((pointer) => this.#changed(pointer));
  }

  get #drawn() {
    return this.#draft.drawing || this.#draft.revision !== this.#savedRevision;
  }

  /** What is unsaved is given up. */
  abandon() {
    this.#abandoned = true;
  }

  dispose() {
    this.abandon();
    this.#turn++;
    this.#list?.dispose();
    document.removeEventListener('keydown', this.#onKey);
    removeEventListener('beforeunload', this.#onUnload);
    this.#map.editing = false;
    this.#draft.dispose();
  }

  /** Says everything anew in the language of now; what was drawn and typed stays. */
  paintWords() {
    this.#paintHead();
    this.#paintBody();
  }

  /** A shape that is begun and not ended is given up; false when there is none. */
  endDrawing() {
    return this.#draft.endDrawing();
  }

  #undoOn(event) {
    const undo = event.key === 'Backspace' || (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey);
    if (!undo || !this.#draft.drawing || event.target.closest?.('input, select, textarea, dialog')) return;
    event.preventDefault();
    this.#draft.undo();
  }

  #paintHead() {
    const row = this.#row;
    this.element.setAttribute('aria-label', t('fences.title'));
    this.head.replaceChildren(
      row ? h('button', { type: 'button', class: 'icon-button', 'aria-label': t('fences.tool.list'), title: t('fences.tool.list'), 'data-testid': 'fence-back', onclick: this.#onList }, icon('back')) : icon('fence'),
      h('div', { class: 'who' }, h('h2', { text: row ? row.properties.name : t('fences.title') }), h('p', { class: 'hint', text: row ? row.id : t(this.#mayEdit ? 'fences.lead' : 'fences.leadReader') })),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': t('person.close'), 'data-testid': 'fence-close', onclick: this.#onClose }, icon('close')),
    );
    this.toolbar.hidden = Boolean(row);
    this.toolbar.setAttribute('aria-label', t('fences.tools'));
    this.toolbar.replaceChildren(
      ...this.#tools.map((tool) => h('button', { type: 'button', 'aria-pressed': String(tool === this.#tool), 'data-testid': `fence-tool-${tool}`, onclick: () => this.#choose(tool), text: t(`fences.tool.${tool}`) })),
    );
  }

  /** From shape to shape the form stays as it is: only what is drawn would be lost. */
  #choose(tool) {
    const formStays = SHAPES.includes(this.#tool) && SHAPES.includes(tool);
    unlessUnsaved(formStays ? this.#drawn : this.dirty, () => {
      if (!formStays) this.#fields.clear();
      this.#take(tool);
      this.#paintHead();
    });
  }

  #take(tool) {
    this.#turn++;
    this.#tool = tool;
    this.#unimported = false;
    this.#savedName = null;
    this.#list?.dispose();
    this.#list = this.lat = this.pasted = this.shapeNote = this.#imported = null;
    this.#draft.clear();
    if (SHAPES.includes(tool)) this.#draft.draw(tool);
    this.#savedRevision = this.#draft.revision;
    this.#map.editing = tool !== 'list';
    this.#paintBody();
  }

  #paintBody() {
    if (this.#tool === 'import') this.#paintImport();
    else if (this.#tool === 'test') this.#paintTest();
    else if (this.#tool === 'list') this.#paintList();
    else this.#paintForm();
  }

  #showShape() {
    const extent = this.#draft.extent();
    if (extent) this.#map.showExtent(extent);
  }

  #paintList() {
    const filter = this.#list?.filter;
    this.#list?.dispose();
    this.#list = new FenceList({ ...filter, session: this.#session, map: this.#map, onOpen: this.#onOpen });
    this.body.replaceChildren(this.#list.element);
  }

  // ---- one fence

  /** The form of the fence; what stood in the one before stays, and what was said at its fields. */
  #paintForm() {
    const row = this.#row;
    const properties = row?.properties ?? {};
    const before = this.#fields;
    const wereOpen = [...this.body.querySelectorAll('details')].map((each) => each.open);
    this.#fields = new Map();
    this.shapeNote = h('p', { class: 'hint', role: 'status', 'data-testid': 'fence-shape' });
    this.undo = h('button', { type: 'button', class: 'button small', hidden: true, 'data-testid': 'fence-undo', onclick: () => this.#draft.undo() });
    this.shapeProblem = problemLine();
    this.#fields.set('/geometry', { problem: this.shapeProblem });
    this.saved = h('p', { class: 'hint', role: 'status', 'data-testid': 'fence-saved' });
    this.problem = problemLine('fence-problem');
    this.conflict = h('div', { class: 'fence-conflict', role: 'alert', hidden: true, 'data-testid': 'fence-conflict' });
    const { kind } = this.#draft;
    const policy = properties.presence ?? {};
    const hours = properties.opening_hours ?? {};
    const policyFields = POLICY.map((key) => this.#input(`/properties/presence/${key}`, t(`fences.policy.${key}`), { type: 'number', step: '1', value: inSeconds(key, policy[key]), placeholder: t('fences.usual') }));
    this.submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'fence-save', text: t('fences.save') });
    const remove = row ? h('button', { type: 'button', class: 'button danger', 'data-testid': 'fence-delete', text: t('fences.delete'), onclick: () => this.#askDelete() }) : null;
    const metres = kind === 'circle' ? this.#metres(METRES.circle, 'fences.radius', this.#draft.radiusM, (meters) => this.#draft.setRadius(meters)) : kind === 'corridor' ? this.#metres(METRES.corridor, 'fences.halfWidth', this.#draft.halfWidthM, (meters) => this.#draft.setHalfWidth(meters)) : null;
    const form = h(
      'form',
      {
        class: 'fence-form',
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.#save();
        },
      },
      h('div', { class: 'fence-shape' }, this.shapeNote, this.undo),
      this.shapeProblem,
      h(
        'fieldset',
        { disabled: !this.#mayEdit },
        metres,
        this.#input('/properties/name', t('fences.name'), { value: properties.name ?? '', maxlength: '200' }),
        row ? null : this.#input('/id', t('fences.id'), { maxlength: '64', placeholder: t('fences.idHint'), spellcheck: 'false' }),
        this.#select('/properties/fence_kind', t('fences.kind'), ['site', 'area'].map((each) => [each, t(`map.${each}`)]), properties.fence_kind ?? 'site'),
        this.#input('/properties/customer', t('map.customer'), { value: properties.customer ?? '' }),
        this.#input('/properties/tags', t('fences.tags'), { value: (properties.tags ?? []).join(', '), placeholder: t('fences.tagsHint') }),
        this.#input('/properties/active_from', t('fences.activeFrom'), { type: 'datetime-local', value: localTime(properties.active_from) }),
        this.#input('/properties/active_to', t('fences.activeTo'), { type: 'datetime-local', value: localTime(properties.active_to) }),
      ),
      this.#details(wereOpen[0] ?? Boolean(properties.opening_hours), 'hours', t('fences.hours.title'), this.#hours(hours, properties.time_zone)),
      this.#details(wereOpen[1] ?? Object.keys(policy).length > 0, 'presence', t('fences.presence'), policyFields),
      this.#mayEdit ? h('div', { class: 'fence-actions' }, this.problem, this.conflict, h('div', { class: 'buttons' }, this.saved, remove, this.submit)) : null,
    );
    for (const [pointer, field] of this.#fields) {
      field.stored = field.input?.value;
      const old = before.get(pointer);
      if (old && field.input && !Object.values(METRES).includes(pointer)) {
        field.input.value = old.input.value;
        field.stored = old.stored;
      }
      if (old && !old.problem.hidden) show(field.problem, old.problem.textContent);
    }
    this.body.replaceChildren(form);
    this.#paintShape();
    this.#paintSaved();
    this.#paintConflict();
  }

  #details(open, name, title, content) {
    return h('details', { open, 'data-testid': `fence-${name}` }, h('summary', { text: title }), h('fieldset', { disabled: !this.#mayEdit }, content));
  }

  #metres(pointer, words, meters, set) {
    return this.#input(pointer, t(words), { type: 'number', step: 'any', min: '0', value: meters ?? '', oninput: ({ target }) => set(Number(target.value)) });
  }

  /** A line a day, and the zone that they are told in: this browser's until another is named. */
  #hours(hours, zone) {
    const zoneField = this.#input('/properties/time_zone', t('fences.hours.zone'), { value: zone ?? '', maxlength: '64', spellcheck: 'false', placeholder: 'Asia/Shanghai' });
    const ownZone = () => {
      const { input } = this.#fields.get('/properties/time_zone');
      input.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
    };
    const days = DAYS.map((day) => this.#input(`/properties/opening_hours/${day}`, t(`fences.hours.${day}`), { value: (hours[day] ?? []).join(', '), spellcheck: 'false', placeholder: t('fences.hours.closed'), onchange: ownZone }));
    return [h('p', { class: 'hint', text: t('fences.hours.lead') }), h('div', { class: 'fence-week' }, days), zoneField];
  }

  #paintShape() {
    if (!this.shapeNote) return;
    const drawn = this.#draft.shape();
    const { kind, drawing } = this.#draft;
    setText(this.shapeNote, this.#mayEdit ? t(drawn ? `fences.edit.${kind}` : `fences.draw.${kind}`) : t(`fences.tool.${kind}`));
    setText(this.undo, t(kind === 'circle' ? 'fences.undoShape' : 'fences.undo'));
    this.undo.hidden = !drawing;
    const radius = this.#fields.get(METRES.circle)?.input;
    if (radius && drawn && document.activeElement !== radius) radius.value = String(this.#draft.radiusM);
  }

  #changed(pointer) {
    const field = this.#fields.get(pointer);
    return Boolean(field?.input) && !Object.values(METRES).includes(pointer) && field.input.value !== field.stored;
  }

  #input(pointer, words, attributes) {
    const id = `fence${pointer.replaceAll('/', '-')}`;
    const input = h('input', { id, autocomplete: 'off', 'data-testid': id, 'aria-describedby': `${id}-problem`, ...attributes });
    const problem = problemLine(`${id}-problem`);
    problem.id = `${id}-problem`;
    this.#fields.set(pointer, { input, problem });
    return h('div', {}, h('label', { for: id, text: words }), h('div', { class: 'field' }, input), problem);
  }

  #select(pointer, words, options, value) {
    const id = `fence${pointer.replaceAll('/', '-')}`;
    const input = h('select', { id, 'data-testid': id }, options.map(([key, text]) => h('option', { value: key, text, selected: key === value })));
    const problem = problemLine(`${id}-problem`);
    this.#fields.set(pointer, { input, problem });
    return h('div', {}, h('label', { for: id, text: words }), h('div', { class: 'field select' }, input), problem);
  }

  #value(pointer) {
    return this.#fields.get(pointer)?.input?.value.trim() ?? '';
  }

  /** The drawn shape, or the stored one to the last digit while nobody has changed it. */
  #shape() {
    if (!this.#row || this.#drawn) return this.#draft.shape();
    const { radius_m, half_width_m } = this.#row.properties;
    return { geometry: this.#row.geometry, properties: { ...(radius_m && { radius_m }), ...(half_width_m && { half_width_m }) } };
  }

  /** The whole fence: what was changed as the form and the map have it, all else as it was. */
  #feature(shape) {
    const { radius_m, half_width_m, ...properties } = { ...this.#row?.properties };
    SERVERS.forEach((name) => delete properties[name]);
    Object.assign(properties, shape.properties);
    const take = (name, read) => {
      const pointer = `/properties/${name}`;
      if (!this.#row || this.#changed(pointer)) put(properties, name, read(this.#value(pointer)));
    };
    ['name', 'fence_kind', 'customer', 'time_zone'].forEach((name) => take(name, (text) => text));
    take('tags', (text) => text.split(/[,，、\n]/).map((tag) => tag.trim()).filter(Boolean));
    ['active_from', 'active_to'].forEach((name) => take(name, (local) => (local ? new Date(local).toISOString() : '')));
    this.#takeParts(properties, 'presence', POLICY, (text, key) => (text ? fromSeconds(key, Number(text)) : ''));
    this.#takeParts(properties, 'opening_hours', DAYS, (text) => spansOf(text));
    return { type: 'Feature', geometry: shape.geometry, properties };
  }

  /** An object of which each part has a field; without parts it goes. */
  #takeParts(properties, name, parts, read) {
    const changed = parts.filter((part) => this.#changed(`/properties/${name}/${part}`));
    if (!changed.length) return;
    const whole = { ...properties[name] };
    changed.forEach((part) => put(whole, part, read(this.#value(`/properties/${name}/${part}`), part)));
    put(properties, name, Object.keys(whole).length ? whole : '');
  }

  /** What can be said without the server: the field and the words. */
  #fault() {
    if (this.#draft.drawing || !this.#draft.shape()) return ['/geometry', t('fences.drawFirst')];
    const metres = METRES[this.#draft.kind];
    if (metres && !(Number(this.#value(metres)) > 0)) return [metres, t('fences.metresMissing')];
    if (!this.#value('/properties/name')) return ['/properties/name', t('fences.nameMissing')];
    const day = DAYS.map((each) => `/properties/opening_hours/${each}`).find((pointer) => this.#changed(pointer) && !spansOf(this.#value(pointer)));
    return day ? [day, t('fences.hours.wrong')] : null;
  }

  /** Stores what was drawn and typed, over the version that it was made of, or over the one that the user was told of. */
  async #save(over = this.#row) {
    this.#clearProblems();
    const fault = this.#fault();
    if (fault) return this.#showAt(...fault);
    const id = this.#row?.id ?? (this.#value('/id') || idOf(this.#value('/properties/name')));
    const feature = { ...this.#feature(this.#shape()), id };
    const sent = [...this.#fields].map(([pointer, field]) => [pointer, field.input?.value]);
    const { revision } = this.#draft;
    const turn = this.#turn;
    this.submit.disabled = true;
    try {
      const { index_version } = await this.#session.put(pathOf(id), feature, expecting(over));
      // Whoever has left meanwhile is not called back; what was changed meanwhile is still unsaved.
      if (turn === this.#turn) this.#stored({ ...feature, properties: { ...feature.properties, index_version } }, sent, revision);
      await this.#onSaved(id);
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.status === 412) return void (await this.#tellConflict(id, turn));
      const faults = error.problem?.errors ?? [];
      faults.forEach(({ pointer, reason }) => this.#showAt(pointer, reason));
      if (!faults.length) show(this.problem, t('phones.failed', { detail: error.message }));
    } finally {
      this.submit.disabled = false;
    }
  }

  /** Somebody was quicker: who, and what is to become of it. */
  async #tellConflict(id, turn) {
    if (!this.#row) return this.#showAt('/id', t('fences.idTaken'));
    let now = null;
    try {
      now = await this.#session.get(pathOf(id));
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.status !== 404) return show(this.problem, t('phones.failed', { detail: error.message }));
    }
    if (turn !== this.#turn) return;
    this.#conflict = { id, now };
    this.#paintConflict();
    this.conflict.querySelector('button').focus();
  }

  #paintConflict() {
    this.conflict.hidden = !this.#conflict;
    if (!this.#conflict) return;
    const { id, now } = this.#conflict;
    const leave = () => {
      this.abandon();
      this.#onSaved(id);
      if (now) this.#onOpen(id);
      else this.#onClose();
    };
    const { updated_by: name, updated_at } = now?.properties ?? {};
    const words = now ? t('fences.conflict.changed', { name, ago: ago(this.#session.now() - Date.parse(updated_at)) }) : t('fences.conflict.deleted');
    const button = (testId, key, onclick) => h('button', { type: 'button', class: 'button small', 'data-testid': testId, text: t(`fences.conflict.${key}`), onclick });
    const theirs = button('fence-reload', now ? 'reload' : 'close', leave);
    const mine = button('fence-overwrite', now ? 'overwrite' : 'storeAgain', () => this.#save(now));
    this.conflict.replaceChildren(h('p', { text: words }), h('div', { class: 'buttons' }, theirs, mine));
  }

  #stored(feature, sent, revision) {
    const isNew = !this.#row;
    this.#row = feature;
    this.#savedRevision = revision;
    this.#savedName = feature.properties.name;
    sent.forEach(([pointer, value]) => {
      const field = this.#fields.get(pointer);
      if (field) field.stored = value;
    });
    this.#paintHead();
    if (isNew) {
      this.#paintForm();
      this.body.querySelector('[type=submit]').focus();
    }
    this.#paintSaved();
  }

  #paintSaved() {
    setText(this.saved, this.#savedName ? t('fences.saved', { name: this.#savedName }) : '');
  }

  /** At the field that the pointer names, or the one that it lies in; else below the form. */
  #showAt(pointer, reason) {
    let at = String(pointer ?? '');
    if (at.startsWith('/geometry')) at = '/geometry';
    while (at && !this.#fields.has(at)) at = at.slice(0, at.lastIndexOf('/'));
    const field = this.#fields.get(at);
    show(field?.problem ?? this.problem, field ? reason : `${pointer} ${reason}`);
    field?.input?.setAttribute('aria-invalid', 'true');
    field?.input?.closest('details')?.setAttribute('open', '');
    field?.input?.focus();
  }

  #clearProblems() {
    this.#savedName = null;
    setText(this.saved, '');
    this.#conflict = null;
    this.#paintConflict();
    for (const { input, problem } of [...this.#fields.values(), { problem: this.problem }]) {
      problem.hidden = true;
      input?.removeAttribute('aria-invalid');
    }
  }

  #askDelete() {
    const row = this.#row;
    const form = this.body.firstElementChild;
    const act = async () => {
      try {
        await this.#session.delete(pathOf(row.id), expecting(row));
      } catch (error) {
        if (error.status === 404) return; // somebody else has done it
        throw error.status === 412 ? new Error(t('fences.conflict.delete')) : error;
      }
    };
    const asked = question(t('fences.deleteAsk', { name: row.properties.name }), t('fences.delete'), 'fence-delete-confirm', {
      act,
      done: () => {
        this.abandon();
        this.#onSaved(row.id);
        this.#onClose();
      },
      back: () => this.body.replaceChildren(form),
    });
    this.body.replaceChildren(asked.element);
    asked.focus();
  }

  // ---- import

  #paintImport() {
    const begun = () => (this.#unimported = Boolean(this.file.files[0] || this.pasted.value.trim()));
    if (!this.pasted) {
      this.file = h('input', { type: 'file', id: 'fence-file', accept: '.geojson,.json,.ndjson,.geojsonl,.jsonl,application/geo+json', 'data-testid': 'fence-file', onchange: begun });
      this.pasted = h('textarea', { id: 'fence-pasted', rows: '6', spellcheck: 'false', placeholder: '{"type": "FeatureCollection", "features": […]}', 'data-testid': 'fence-pasted', oninput: begun });
    }
    const { file, pasted } = this;
    const report = h('div', { role: 'status', 'data-testid': 'fence-report' }, this.#imported ? this.#report(this.#imported) : null);
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'fence-import', text: t('fences.import.start') });
    const run = async () => {
      const text = file.files[0] ? await file.files[0].text() : pasted.value;
      if (!text.trim()) return report.replaceChildren(h('p', { class: 'hint', text: t('fences.import.nothing') }));
      report.replaceChildren(h('p', { class: 'hint', text: t('fences.import.running') }));
      try {
        const { body, type } = collectionOf(text);
        this.#imported = await this.#session.send('POST', '/v1/fences/import', body, type);
        this.#unimported = false;
        report.replaceChildren(...this.#report(this.#imported));
        await this.#onSaved(null);
      } catch (error) {
        report.replaceChildren(h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) }));
      }
    };
    const onsubmit = (event) => {
      event.preventDefault();
      submit.disabled = true;
      run().finally(() => (submit.disabled = false));
    };
    this.body.replaceChildren(
      h('form', { class: 'fence-form', onsubmit }, h('p', { class: 'hint', text: t('fences.import.lead') }), h('label', { for: 'fence-file', text: t('fences.import.file') }), file, h('label', { for: 'fence-pasted', text: t('fences.import.paste') }), h('div', { class: 'field' }, pasted), h('div', { class: 'buttons' }, submit), report),
    );
  }

  #report({ imported, rejected, rejected_count: count }) {
    const total = count ?? rejected.length;
    const rows = rejected.slice(0, REJECTED_SHOWN).map((each) =>
      h('li', { 'data-testid': 'fence-rejected' }, h('strong', { text: each.id ?? t('fences.import.place', { index: each.index + 1 }) }), h('span', { class: 'row-sub', text: [each.pointer, each.reason].filter(Boolean).join(' ') })),
    );
    return [
      h('p', { 'data-testid': 'fence-imported', text: t('fences.import.done', { count: imported }) }),
      total ? h('h3', { text: t('fences.import.rejected', { count: total }) }) : null,
      total ? h('ol', { class: 'rejected' }, rows) : null,
      total > rows.length ? h('p', { class: 'hint', text: t('fences.import.more', { count: total - rows.length }) }) : null,
    ].filter(Boolean);
  }

  // ---- which fences contain a point

  #paintTest() {
    const before = this.lat ? { lat: this.lat.value, lng: this.lng.value } : null;
    const lat = h('input', { type: 'number', step: 'any', min: '-90', max: '90', required: true, 'aria-label': t('fences.test.lat'), placeholder: t('fences.test.lat'), 'data-testid': 'fence-lat' });
    const lng = h('input', { type: 'number', step: 'any', min: '-180', max: '180', required: true, 'aria-label': t('fences.test.lng'), placeholder: t('fences.test.lng'), 'data-testid': 'fence-lng' });
    const answer = h('div', { role: 'status', 'data-testid': 'fence-answer' });
    let asked = 0;
    const ask = async (point) => {
      const turn = ++asked;
      try {
        const { fences } = await this.#session.get('/v1/fences/at', point);
        if (turn !== asked) return;
        const tags = fences.map((id) => {
          const tag = h('span', { class: 'tag', text: this.#map.fences.name(id, (name) => (tag.textContent = name)) });
          return tag;
        });
        answer.replaceChildren(h('h3', { text: t('fences.test.answer', { count: fences.length }) }), h('div', { class: 'tags' }, tags));
      } catch (error) {
        answer.replaceChildren(h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) }));
      }
    };
    const onsubmit = (event) => {
      event.preventDefault();
      const point = { lat: Number(lat.value), lng: Number(lng.value) };
      this.#draft.mark(point);
      this.#map.showPlace(point);
      ask(point);
    };
    this.body.replaceChildren(
      h('form', { class: 'fence-form', onsubmit }, h('p', { class: 'hint', text: t('fences.test.lead') }), h('div', { class: 'field pair' }, lat, lng), h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'button primary', 'data-testid': 'fence-ask', text: t('fences.test.ask') })), answer),
    );
    this.#draft.ask((point) => {
      lat.value = point.lat.toFixed(6);
      lng.value = point.lng.toFixed(6);
      ask({ lat: Number(lat.value), lng: Number(lng.value) });
    });
    [this.lat, this.lng] = [lat, lng];
    if (!before) return;
    [lat.value, lng.value] = [before.lat, before.lng];
    if (!before.lat || !before.lng) return;
    const point = { lat: Number(before.lat), lng: Number(before.lng) };
    this.#draft.mark(point);
    ask(point);
  }
}

function inSeconds(key, value) {
  return value === undefined ? '' : SECONDS.includes(key) ? value / 1000 : value;
}

function fromSeconds(key, value) {
  return SECONDS.includes(key) ? Math.round(value * 1000) : value;
}

function pathOf(id) {
  return `/v1/fences/${encodeURIComponent(id)}`;
}

/** Headers of an edit that is only to be if the fence is still as it was seen; of a new one, if there is none. */
function expecting(row) {
  return row ? { 'If-Match': `"${row.properties.index_version}"` } : { 'If-None-Match': '*' };
}

function problemLine(testId = null) {
  return h('p', { class: 'field-problem', role: 'alert', hidden: true, 'data-testid': testId });
}

function show(line, words) {
  setText(line, words);
  line.hidden = false;
}

function put(properties, name, value) {
  if (value === '' || (Array.isArray(value) && !value.length)) delete properties[name];
  else properties[name] = value;
}

/** A collection as it is, one feature as a collection of one, anything else as lines of features. */
function collectionOf(text) {
  try {
    const value = JSON.parse(text);
    const body = value?.type === 'Feature' ? JSON.stringify({ type: 'FeatureCollection', features: [value] }) : text;
    return { body, type: 'application/geo+json' };
  } catch {
    return { body: text, type: 'application/x-ndjson' };
  }
}

/** An id from a name, with letters that no other name has. */
function idOf(name) {
  const words = name.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  const more = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => (byte % 36).toString(36)).join('');
  return `${words || 'fence'}-${more}`;
}

/** An instant as the browser's field wants it: local time without a zone. */
function localTime(iso) {
  if (!iso) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
