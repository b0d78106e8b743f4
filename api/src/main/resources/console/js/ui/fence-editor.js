// Draws, changes, imports and deletes fences, and says which of them contain a point. A fence is stored as a whole; what the
// server refuses is shown at the field that it names.

import { t } from '../i18n.js';
import { Draft } from '../map/draft.js';
import { h, icon, question, setText } from './dom.js';

const SHAPES = ['polygon', 'circle', 'corridor'];
const TOOLS = [...SHAPES, 'import', 'test'];
const POLICY = ['max_accuracy_m', 'exit_buffer_m', 'exit_fixes', 'exit_after_ms', 'dwell_ms'];
const REJECTED_SHOWN = 200;
/** What the server keeps of a fence by itself. */
const SERVERS = ['index_version', 'updated_at', 'updated_by', 'radius_m', 'half_width_m'];

export class FenceEditor {
  element;
  #session;
  #map;
  #draft;
  #row;
  #fields = new Map();
  #onClose;
  #onSaved;

  /** With {@code row}, that fence is changed; without, one is made. */
  constructor(row, { session, map, notice = '', onClose, onSaved }) {
    this.#row = row;
    this.#session = session;
    this.#map = map;
    this.#onClose = onClose;
    this.#onSaved = onSaved;
    this.#draft = new Draft(map.map);
    this.body = h('div', { class: 'detail-body fence-editor' });
    this.tools = TOOLS.map((tool) => h('button', { type: 'button', 'data-testid': `fence-tool-${tool}`, onclick: () => this.#choose(tool), text: t(`fences.tool.${tool}`) }));
    this.element = h(
      'article',
      { class: 'detail', 'aria-label': t('fences.title'), 'data-testid': 'fence-editor' },
      h('header', { class: 'detail-head' }, icon('fence'), h('div', { class: 'who' }, h('h2', { text: row ? row.properties.name : t('fences.title') }), h('p', { class: 'hint', text: row ? row.id : t('fences.lead') })), h('button', { type: 'button', class: 'icon-button', 'aria-label': t('person.close'), onclick: onClose }, icon('close'))),
      row ? null : h('div', { class: 'fence-tools segmented', role: 'group', 'aria-label': t('fences.tools') }, this.tools),
      this.body,
    );
    map.editing = true;
    this.#draft.on('changed', () => this.#paintShape());
    if (row) {
      this.#paintForm(row);
      this.#draft.edit(row);
      this.#showShape();
      setText(this.saved, notice);
    } else {
      this.#choose('polygon');
    }
  }

  dispose() {
    this.#map.editing = false;
    this.#draft.dispose();
  }

  #choose(tool) {
    this.tools.forEach((button, index) => button.setAttribute('aria-pressed', String(TOOLS[index] === tool)));
    this.#draft.clear();
    if (tool === 'import') this.#paintImport();
    else if (tool === 'test') this.#paintTest();
    else {
      this.#draft.draw(tool);
      this.#paintForm(null);
    }
  }

  #showShape() {
    const extent = this.#draft.extent();
    if (extent) this.#map.showExtent(extent);
  }

  // ---- one fence

  #paintForm(row) {
    const properties = row?.properties ?? {};
    this.#fields.clear();
    this.shapeNote = h('p', { class: 'hint', role: 'status', 'data-testid': 'fence-shape' });
    this.shapeProblem = problemLine();
    this.#fields.set('/geometry', { problem: this.shapeProblem });
    this.saved = h('p', { class: 'hint', role: 'status', 'data-testid': 'fence-saved' });
    this.problem = problemLine('fence-problem');
    const kind = this.#draft.kind ?? ({ Point: 'circle', LineString: 'corridor' }[row?.geometry.type] ?? 'polygon');
    const policy = properties.presence ?? {};
    const policyFields = POLICY.map((key) => this.#input(`/properties/presence/${key}`, t(`fences.policy.${key}`), { type: 'number', step: '1', value: policy[key] ?? '', placeholder: t('fences.usual') }));
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'fence-save', text: t('fences.save') });
    const form = h(
      'form',
      {
        class: 'fence-form',
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          submit.disabled = true;
          this.#save().finally(() => (submit.disabled = false));
        },
      },
      this.shapeNote,
      this.shapeProblem,
      kind === 'circle' ? this.#input('/properties/radius_m', t('fences.radius'), { type: 'number', step: 'any', min: '0', value: properties.radius_m ?? '', oninput: ({ target }) => this.#draft.setRadius(Number(target.value)) }) : null,
      kind === 'corridor' ? this.#input('/properties/half_width_m', t('fences.halfWidth'), { type: 'number', step: 'any', min: '1', value: properties.half_width_m ?? this.#draft.halfWidthM, oninput: ({ target }) => this.#draft.setHalfWidth(Number(target.value)) }) : null,
      this.#input('/properties/name', t('fences.name'), { value: properties.name ?? '', maxlength: '200' }),
      row ? null : this.#input('/id', t('fences.id'), { maxlength: '64', placeholder: t('fences.idHint'), spellcheck: 'false' }),
      this.#select('/properties/fence_kind', t('fences.kind'), ['site', 'area'].map((each) => [each, t(`map.${each}`)]), properties.fence_kind ?? 'site'),
      this.#input('/properties/customer', t('map.customer'), { value: properties.customer ?? '' }),
      this.#input('/properties/tags', t('fences.tags'), { value: (properties.tags ?? []).join(', '), placeholder: t('fences.tagsHint') }),
      this.#input('/properties/active_from', t('fences.activeFrom'), { type: 'datetime-local', value: localTime(properties.active_from) }),
      this.#input('/properties/active_to', t('fences.activeTo'), { type: 'datetime-local', value: localTime(properties.active_to) }),
      h('details', { open: Object.keys(policy).length > 0 }, h('summary', { text: t('fences.presence') }), policyFields),
      this.problem,
      this.saved,
      h('div', { class: 'buttons' }, row ? h('button', { type: 'button', class: 'button danger', 'data-testid': 'fence-delete', text: t('fences.delete'), onclick: () => this.#askDelete(row) }) : null, submit),
    );
    this.body.replaceChildren(form);
    this.#paintShape();
  }

  #paintShape() {
    if (!this.shapeNote) return;
    const drawn = this.#draft.shape();
    setText(this.shapeNote, t(drawn ? `fences.edit.${this.#draft.kind}` : `fences.draw.${this.#draft.kind ?? 'polygon'}`));
    const radius = this.#fields.get('/properties/radius_m')?.input;
    if (radius && drawn && document.activeElement !== radius) radius.value = String(this.#draft.radiusM);
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

  /** The whole fence as the form and the map have it; what the form doesn't show stays as it was. */
  #feature(shape) {
    const kept = { ...this.#row?.properties };
    SERVERS.forEach((name) => delete kept[name]);
    const properties = { ...kept, ...shape.properties, name: this.#value('/properties/name'), fence_kind: this.#value('/properties/fence_kind') };
    put(properties, 'customer', this.#value('/properties/customer'));
    put(properties, 'tags', this.#value('/properties/tags').split(/[,，、\n]/).map((tag) => tag.trim()).filter(Boolean));
    for (const name of ['active_from', 'active_to']) {
      const local = this.#value(`/properties/${name}`);
      put(properties, name, local ? new Date(local).toISOString() : '');
    }
    const policy = { ...(properties.presence ?? {}) };
    for (const name of POLICY) {
      const text = this.#value(`/properties/presence/${name}`);
      if (text) policy[name] = Number(text);
      else delete policy[name];
    }
    put(properties, 'presence', Object.keys(policy).length ? policy : '');
    return { type: 'Feature', geometry: shape.geometry, properties };
  }

  async #save() {
    this.#clearProblems();
    const shape = this.#draft.shape();
    if (!shape) return show(this.shapeProblem, t('fences.drawFirst'));
    const name = this.#value('/properties/name');
    if (!name) return this.#showAt('/properties/name', t('fences.nameMissing'));
    const id = this.#row?.id ?? (this.#value('/id') || idOf(name));
    const feature = { ...this.#feature(shape), id };
    try {
      await this.#session.put(`/v1/fences/${encodeURIComponent(id)}`, feature);
      const notice = t('fences.saved', { name });
      if (this.#row) this.#row = feature;
      setText(this.saved, notice);
      await this.#onSaved(id, notice);
    } catch (error) {
      const faults = error.problem?.errors ?? [];
      faults.forEach(({ pointer, reason }) => this.#showAt(pointer, reason));
      if (!faults.length) show(this.problem, t('phones.failed', { detail: error.message }));
    }
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
    setText(this.saved, '');
    for (const { input, problem } of [...this.#fields.values(), { problem: this.problem }]) {
      problem.hidden = true;
      input?.removeAttribute('aria-invalid');
    }
  }

  #askDelete(row) {
    const form = this.body.firstElementChild;
    const asked = question(t('fences.deleteAsk', { name: row.properties.name }), t('fences.delete'), 'fence-delete-confirm', {
      act: () => this.#session.delete(`/v1/fences/${encodeURIComponent(row.id)}`),
      done: () => {
        this.#onSaved(null);
        this.#onClose();
      },
      back: () => this.body.replaceChildren(form),
    });
    this.body.replaceChildren(asked.element);
    asked.focus();
  }

  // ---- import

  #paintImport() {
    this.shapeNote = null;
    const file = h('input', { type: 'file', id: 'fence-file', accept: '.geojson,.json,.ndjson,.geojsonl,.jsonl,application/geo+json', 'data-testid': 'fence-file' });
    const pasted = h('textarea', { id: 'fence-pasted', rows: '6', spellcheck: 'false', placeholder: '{"type": "FeatureCollection", "features": […]}', 'data-testid': 'fence-pasted' });
    const report = h('div', { role: 'status', 'data-testid': 'fence-report' });
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'fence-import', text: t('fences.import.start') });
    const run = async () => {
      const text = file.files[0] ? await file.files[0].text() : pasted.value;
      if (!text.trim()) return report.replaceChildren(h('p', { class: 'hint', text: t('fences.import.nothing') }));
      report.replaceChildren(h('p', { class: 'hint', text: t('fences.import.running') }));
      try {
        const answer = await this.#session.send('POST', '/v1/fences/import', text, mediaType(text));
        report.replaceChildren(...this.#report(answer));
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
    this.shapeNote = null;
    const lat = h('input', { type: 'number', step: 'any', min: '-90', max: '90', required: true, 'aria-label': t('fences.test.lat'), placeholder: t('fences.test.lat'), 'data-testid': 'fence-lat' });
    const lng = h('input', { type: 'number', step: 'any', min: '-180', max: '180', required: true, 'aria-label': t('fences.test.lng'), placeholder: t('fences.test.lng'), 'data-testid': 'fence-lng' });
    const answer = h('div', { role: 'status', 'data-testid': 'fence-answer' });
    const ask = async (point) => {
      try {
        const { fences } = await this.#session.get('/v1/fences/at', point);
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
  }
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

/** Lines of features begin like one feature and go on with another; a collection is one value. */
function mediaType(text) {
  try {
    JSON.parse(text);
    return 'application/geo+json';
  } catch {
    return 'application/x-ndjson';
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
