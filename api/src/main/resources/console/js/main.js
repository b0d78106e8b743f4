// Start of the console: configuration, language, theme; then the sign-in page or the live map.

import { language } from './i18n.js';
import { LiveSocket } from './live.js';
import { Session } from './session.js';
import { Store } from './store.js';
import { theme } from './theme.js';
import { loginPage } from './ui/login.js';
import { Shell } from './ui/shell.js';

const root = document.getElementById('app');
const session = new Session();
let current = null;

const config = await fetch('/console/config.json', { cache: 'no-cache' })
  .then((response) => response.json())
  .catch(() => ({}));
language.start(config.defaultLanguage);
theme.start();

session.on('signed-out', () => {
  const wasOpen = Boolean(current);
  current?.live.close();
  current = null;
  // The map, its timers and its sockets end with the page; the sign-in page starts from nothing.
  if (wasOpen) location.reload();
  else showLogin();
});

if (session.token) showConsole();
else showLogin();

function showLogin() {
  const page = loginPage(session, {
    notice: session.takeNotice(),
    onSignedIn: () => {
      page.dispose();
      showConsole();
    },
  });
  mount(page);
}

function showConsole() {
  const store = new Store(session);
  const live = new LiveSocket(session);
  const shell = new Shell({ store, session, live, config });
  current = { live, store, shell };
  mount(shell.element);
  shell.start();
  live.on('frame', (frame) => store.take(frame));
  live.on('resumed', () => Promise.all([store.loadEvents(), store.loadVisits()]).catch(() => {}));
  store
    .load()
    .catch((error) => console.warn('first load failed', error))
    .finally(() => session.token && live.open());
}

function mount(element) {
  root.className = '';
  root.removeAttribute('aria-busy');
  root.replaceChildren(element);
}

/** Read-only view for tests and the curious. */
window.hexbeat = Object.freeze({
  version: config.version ?? null,
  connection: () => current?.live.state ?? 'closed',
  positions: () =>
    [...(current?.store.members.values() ?? [])]
      .filter((member) => member.position)
      .map((member) => ({ member: member.id, lat: member.position.lat, lng: member.position.lng, state: current.store.stateOf(member) })),
  alerts: () => (current?.store.openAlerts() ?? []).map(({ id, member, kind, score, status }) => ({ id, member, kind, score, status })),
});
