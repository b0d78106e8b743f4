// Small tools to build the page: elements, icons, and lists that are redrawn only when their content changed.

import { t } from '../i18n.js';

const SVG = 'http://www.w3.org/2000/svg';

/** An element with properties, attributes, listeners (onclick) and children; null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.entries(value).forEach(([name, each]) => element.style.setProperty(name, each));
    else if (key === 'text') element.textContent = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets text only when it differs, so that a screen reader and the layout rest. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const PATHS = {
  search: 'M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2 5.5V3a1 1 0 0 1 1-1h2.5M10.5 2H13a1 1 0 0 1 1 1v2.5M14 10.5V13a1 1 0 0 1-1 1h-2.5M5.5 14H3a1 1 0 0 1-1-1v-2.5M8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6',
  fence: 'M8 1.8 13.4 4.9v6.2L8 14.2 2.6 11.1V4.9Z',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1.2v1.3M8 13.5v1.3M1.2 8h1.3M13.5 8h1.3M3.2 3.2l.9.9M11.9 11.9l.9.9M3.2 12.8l.9-.9M11.9 4.1l.9-.9',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z',
  out: 'M6 14H3.5A1.5 1.5 0 0 1 2 12.5v-9A1.5 1.5 0 0 1 3.5 2H6M10.5 11 14 8l-3.5-3M13.5 8H6',
  back: 'M10 3 5 8l5 5',
  close: 'm4 4 8 8M12 4l-8 8',
  bell: 'M4 6.5a4 4 0 0 1 8 0c0 3.5 1.5 4.5 1.5 4.5h-11S4 10 4 6.5M6.8 13.5a1.3 1.3 0 0 0 2.4 0',
  people: 'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.8 2.8a2.5 2.5 0 0 1 0 4.6M12 9.8c1.6.5 2.5 1.8 2.5 3.7',
  check: 'm3.5 8.5 3 3 6-7',
  shield: 'M8 1.8 13 3.7v4c0 3-2 5.3-5 6.5-3-1.2-5-3.5-5-6.5v-4Z',
  target: 'M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M8 1v3M8 12v3M1 8h3M12 8h3',
  follow: 'M13.5 2.5 2.5 7l4.7 1.8L9 13.5Z',
  enter: 'M2 8h8M7 5l3 3-3 3M10.5 2.5H13a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-2.5',
  exit: 'M6 8h8M11 5l3 3-3 3M5.5 2.5H3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h2.5',
  dwell: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.8V8l2.2 1.5',
  play: 'M5 3.2v9.6l7.5-4.8Z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  visits: 'M8 14.2s4.8-4 4.8-7.6a4.8 4.8 0 1 0-9.6 0C3.2 10.2 8 14.2 8 14.2ZM6.1 6.7l1.4 1.4 2.5-2.6',
  question: 'M6 6a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.8v.1',
  pulse: 'M1.5 8.5h3l1.8-5 3 9 1.7-4H14.5',
  key: 'M10.5 9.5a4 4 0 1 0-3.6-2.2L2 12.2V14h2.5v-1.5H6V11h1.5l1.2-1.2c.5.2 1.1.3 1.8-.3M11 5.2v.1',
  pencil: 'M2.5 13.5l.8-3.2 7.4-7.4a1.2 1.2 0 0 1 1.7 0l.7.7a1.2 1.2 0 0 1 0 1.7l-7.4 7.4ZM9.5 4.1l2.4 2.4',
  phone: 'M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1M7 12h2',
  copy: 'M6 5.5h6.5a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1M3.5 10.5H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h6.5a1 1 0 0 1 1 1v.5',
  server: 'M3.5 2.5h9a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.5a1 1 0 0 1 1-1M3.5 9h9a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1M5.2 4.75h.1M5.2 11.25h.1',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7L13 5.8M13 2.5v3.3H9.7',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  filter: 'M2.5 3h11M4.5 8h7M6.5 13h3',
  chart: 'M2.5 13.5h11M4.5 11V7M8 11V3M11.5 11V5.5',
  sound: 'M2.5 6v4h2.3L8.5 13V3L4.8 6ZM11 5.8a3 3 0 0 1 0 4.4M12.8 4a5.5 5.5 0 0 1 0 8',
  mute: 'M2.5 6v4h2.3L8.5 13V3L4.8 6ZM11.5 6.2l3 3.6M14.5 6.2l-3 3.6',
  link: 'M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2.3-2.3a2.5 2.5 0 0 0-3.6-3.6l-.9.9M9.2 6.8a2.5 2.5 0 0 0-3.6 0L3.3 9.1a2.5 2.5 0 0 0 3.6 3.6l.9-.9',
  panel: 'M2.5 3.5h11a.5.5 0 0 1 .5.5v8a.5.5 0 0 1-.5.5h-11A.5.5 0 0 1 2 12V4a.5.5 0 0 1 .5-.5M10 3.5v9',
};

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

export function logo() {
  return h('img', { src: '/console/icon.svg', alt: '', class: 'logo', width: '24', height: '24' });
}

export function emptyState(iconName, title, hint, action) {
  return h('div', { class: 'empty' }, h('div', { class: 'empty-icon' }, icon(iconName)), h('p', { class: 'empty-title', text: title }), h('p', { class: 'empty-hint', text: hint }), action);
}

/** A modal dialog with a title, and the body to fill; it leaves the page when it closes. */
export function modal({ name, title, onClose = () => {} }) {
  const body = h('div', { class: 'dialog-body' });
  const close = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('person.close'), onclick: () => dialog.close() }, icon('close'));
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': `${name}-title`, 'data-testid': `${name}-dialog` }, h('header', {}, h('h2', { id: `${name}-title`, text: title }), close), body);
  dialog.addEventListener('close', () => {
    onClose();
    dialog.remove();
  });
  dialog.addEventListener('keydown', (event) => event.stopPropagation()); // Escape is for the dialog alone
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, body };
}

const COPIED_MS = 1600;

/** A value with its label and a button that copies it. */
export function copyField(label, value, testId) {
  const copied = h('span', { class: 'visually-hidden', role: 'status' });
  const button = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('enrol.copy', { what: label }), title: t('enrol.copy', { what: label }) }, icon('copy'));
  const text = h('code', { text: value, 'data-testid': testId });
  button.addEventListener('click', async () => {
    await copy(value, text);
    button.replaceChildren(icon('check'));
    button.classList.add('done');
    setText(copied, t('enrol.copied'));
    setTimeout(() => {
      button.replaceChildren(icon('copy'));
      button.classList.remove('done');
      setText(copied, '');
    }, COPIED_MS);
  });
  return h('div', {}, h('dt', { text: label }), h('dd', {}, text, button, copied));
}

/** A page that came over plain HTTP has no clipboard of its own: there the selection is copied. */
async function copy(value, element) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    getSelection().selectAllChildren(element);
    document.execCommand('copy');
  }
}

/** A question in place of what it is about, with a way back; {@code act} may fail and says why. */
export function question(words, verb, testId, { act, done, back }) {
  const note = h('p', { class: 'hint', role: 'status', text: words });
  const cancel = h('button', { type: 'button', class: 'button small', text: t('phones.cancel'), onclick: back });
  const confirmed = async (event) => {
    event.currentTarget.disabled = true;
    try {
      await act();
      done();
    } catch (error) {
      setText(note, t('phones.failed', { detail: error.message }));
    }
  };
  const confirm = h('button', { type: 'button', class: 'button small danger', 'data-testid': testId, text: verb, onclick: confirmed });
  return { element: h('div', { class: 'ask' }, note, h('div', { class: 'buttons' }, cancel, confirm)), focus: () => cancel.focus() };
}

/** Calls at most once in {@code waitMs}, the last call wins; hidden tabs don't draw. */
export function throttled(waitMs, call) {
  let timer = 0;
  let lastMs = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      lastMs = performance.now();
      call();
    }, Math.max(0, waitMs - (performance.now() - lastMs)));
  };
}

export function initials(name) {
  const words = name.trim().split(/[\s\-_.]+/).filter(Boolean);
  if (!words.length) return '?';
  if (/[\u3400-\u9fff]/.test(name)) return name.replace(/[^\u3400-\u9fff]/g, '').slice(-2);
  const last = words.length > 1 ? words.at(-1) : '';
  return (words[0][0] + (/^\d+$/.test(last) ? last.slice(-2) : (last[0] ?? words[0][1] ?? ''))).toUpperCase();
}

/** A steady hue for a name, for avatars. */
export function hueOf(text) {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)) | 0;
  return ((hash % 360) + 360) % 360;
}
