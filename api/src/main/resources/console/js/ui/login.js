// The sign-in page.

import { language, t } from '../i18n.js';
import { h, logo, setText } from './dom.js';

export function loginPage(session, { notice, onSignedIn }) {
  const username = h('input', { id: 'username', name: 'username', autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false', 'data-testid': 'login-username' });
  const password = h('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true, 'data-testid': 'login-password' });
  const error = h('p', { class: 'login-error', role: 'alert', 'data-testid': 'login-error' });
  const submit = h('button', { class: 'button primary', type: 'submit', 'data-testid': 'login-submit' });
  const title = h('h1');
  const lead = h('p', { class: 'login-lead' });
  const usernameLabel = h('label', { for: 'username' });
  const passwordLabel = h('label', { for: 'password' });
  const switcher = languageSwitch();
  let message = notice ? () => t(notice) : null;
  let busy = false;

  const form = h('form', { class: 'login-card', onsubmit }, logo(), title, lead, usernameLabel, username, passwordLabel, password, error, submit);
  const page = h('main', { class: 'login' }, backdrop(), form, h('div', { class: 'login-foot' }, switcher));

  function paint() {
    setText(title, t('login.title'));
    setText(lead, t('login.lead'));
    setText(usernameLabel, t('login.username'));
    setText(passwordLabel, t('login.password'));
    setText(submit, t(busy ? 'login.busy' : 'login.submit'));
    setText(error, message ? message() : '');
    error.hidden = !message;
    submit.disabled = busy;
    switcher.paint();
  }

  async function onsubmit(event) {
    event.preventDefault();
    if (busy) return;
    busy = true;
    message = null;
    paint();
    try {
      await session.login(username.value.trim(), password.value);
      onSignedIn();
    } catch (failure) {
      message = explain(failure);
      busy = false;
      paint();
      password.select();
    }
  }

  const stop = language.on('changed', paint);
  paint();
  queueMicrotask(() => username.focus());
  page.dispose = stop;
  return page;
}

function explain(failure) {
  switch (failure.status) {
    case 400:
    case 401:
    case 403:
      return () => t('login.wrong');
    case 429:
      return () => t('login.limited');
    case undefined:
    case 502:
    case 503:
      return () => t('login.unreachable');
    default:
      return () => t('login.failed', { detail: failure.message });
  }
}

/** English and Chinese side by side, each in its own tongue, so that it can be found in either. */
export function languageSwitch() {
  const buttons = language.codes.map((code) =>
    h('button', { type: 'button', lang: code, 'data-lang': code, onclick: () => language.choose(code), text: code === 'en' ? 'EN' : '中文' }),
  );
  const group = h('div', { class: 'segmented', role: 'group', 'data-testid': 'language-switch' }, buttons);
  group.paint = () => {
    group.setAttribute('aria-label', t('user.language'));
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.lang === language.code));
  };
  group.paint();
  return group;
}

/** A quiet honeycomb, a nod to the cells that the server thinks in. */
function backdrop() {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('class', 'login-backdrop');
  svg.setAttribute('viewBox', '0 0 1200 800');
  svg.setAttribute('preserveAspectRatio', 'xMidYMid slice');
  svg.setAttribute('aria-hidden', 'true');
  const size = 46;
  const lit = new Set(['5:4', '6:4', '19:9', '20:8', '3:12', '21:13', '12:2']);
  for (let row = -1; row < 14; row++) {
    for (let column = -1; column < 16; column++) {
      const x = column * size * Math.sqrt(3) + (row % 2 ? (size * Math.sqrt(3)) / 2 : 0);
      const y = row * size * 1.5;
      const points = [0, 1, 2, 3, 4, 5].map((corner) => {
        const angle = (Math.PI / 3) * corner + Math.PI / 6;
        return `${(x + (size - 1.5) * Math.cos(angle)).toFixed(1)},${(y + (size - 1.5) * Math.sin(angle)).toFixed(1)}`;
      });
      const cell = document.createElementNS(namespace, 'polygon');
      cell.setAttribute('points', points.join(' '));
      if (lit.has(`${column}:${row}`) || (column * 7 + row * 13) % 29 === 0) cell.setAttribute('class', 'lit');
      svg.append(cell);
    }
  }
  return svg;
}
