// The signed-in console: people on the left, the map, alerts and activity on the right; one detail at a time over them.

import { language, t } from '../i18n.js';
import { sound } from '../sound.js';
import { theme } from '../theme.js';
import { ageOf, clock } from '../format.js';
import { isArea } from '../map/fences.js';
import { LiveMap } from '../map/livemap.js';
import { PeoplePanel } from './people.js';
import { Inbox } from './inbox.js';
import { PersonPanel } from './person.js';
import { DayPanel, dateOf } from './day.js';
import { EvidencePanel } from './evidence.js';
import { FenceEditor } from './fence-editor.js';
import { OperationsPage } from './operations.js';
import { SessionsDialog } from './sessions.js';
import { Toasts } from './toasts.js';
import { unlessUnsaved } from './unsaved.js';
import { VisitPanel } from './visit.js';
import { VisitsPage } from './visits.js';
import { languageSwitch } from './login.js';
import { h, icon, logo, setText, throttled } from './dom.js';

export class Shell {
  element;
  map;
  #store;
  #session;
  #live;
  #config;
  #detail = null;
  #opened = null;
  #operations = null;
  #visits = null;
  #visitFilter = {};
  #turn = 0;

  constructor({ store, session, live, config }) {
    this.#store = store;
    this.#session = session;
    this.#live = live;
    this.#config = config;
    this.#build();
  }

  /** Called once the element is in the page: the map needs its size. */
  start() {
    this.map = new LiveMap(this.mapElement, this.#store, this.#session, this.#config);
    this.map.people.accepts = this.people.accepts;
    this.inbox = new Inbox(this.#store, this.#session, this.map.fences, {
      alert: (alert) => this.openAlert(alert.id, alert),
      activity: (entry) => this.#openActivity(entry),
    });
    this.inboxHost.append(this.inbox.element);
    this.#wireMap();
    this.#live.on('state', () => this.#paintConnection());
    this.#store.on('alert-raised', () => sound.play());
    this.#store.on('alert-raised', (alert) => alert.place && this.map.people.pulse(alert.place, 'suspect'));
    this.#store.on('activity', (entry) => entry?.type === 'punch' && entry.place && this.map.people.pulse(entry.place, entry.verdict));
    this.#store.on('activity', throttled(300, () => this.map.people.redraw()));
    this.#store.on('alerts', () => this.#paintDrawerBadge());
    language.on('changed', () => this.#paintWords());
    theme.on('changed', () => this.#paintTheme());
    document.addEventListener('keydown', (event) => this.#onKey(event));
    this.#paintWords();
  }

  #build() {
    this.mapElement = h('div', { class: 'map', tabindex: '0', role: 'application', 'data-testid': 'map' });
    this.people = new PeoplePanel(this.#store, this.#session, {
      onSelect: (id) => this.openPerson(id),
      onFilter: () => this.#onFilter(),
    });
    this.connectionWord = h('span');
    this.connection = h('div', { class: 'connection', role: 'status', 'data-testid': 'connection-state' }, h('i', { class: 'dot' }), this.connectionWord);
    this.languageSwitch = languageSwitch();
    this.themeButton = h('button', { type: 'button', class: 'icon-button', onclick: () => theme.toggle() });
    this.signOut = h('button', { type: 'button', class: 'icon-button', onclick: () => this.#signOut() }, icon('out'));
    this.operationsButton =
      this.#session.user?.role === 'admin' ? h('button', { type: 'button', class: 'icon-button', 'data-testid': 'operations', onclick: () => this.#toggleOperations() }, icon('server')) : null;
    this.userName = h('strong');
    this.userRole = h('span', { class: 'hint' });
    this.accountButton = h('button', { type: 'button', class: 'who', 'data-testid': 'account', onclick: () => new SessionsDialog(this.#session).open() }, this.userName, this.userRole);
    const left = h(
      'aside',
      { class: 'left' },
      h('header', { class: 'brand' }, logo(), h('span', { class: 'wordmark', text: 'Hexbeat' }), h('span', { class: 'grow' }), this.connection),
      this.people.element,
      h('footer', { class: 'account' }, this.accountButton, this.languageSwitch, this.operationsButton, this.themeButton, this.signOut),
    );

    this.inboxHost = h('div', { class: 'inbox-host' });
    this.detailHost = h('div', { class: 'detail-host', hidden: true });
    this.right = h('aside', { class: 'right' }, this.inboxHost, this.detailHost);

    this.controls = {
      zoomIn: this.#control('plus', () => this.map.zoomBy(1)),
      zoomOut: this.#control('minus', () => this.map.zoomBy(-1)),
      fit: this.#control('fit', () => this.map.fit()),
      fences: this.#control('fence', () => this.#toggleFences()),
    };
    this.controls.fences.setAttribute('aria-pressed', 'true');
    const fences = this.#mayEdit ? 'fenceEditor' : 'fenceList';
    this.controls[fences] = this.#control(this.#mayEdit ? 'pencil' : 'search', () => this.openFenceEditor(null));
    this.controls[fences].dataset.testid = 'fence-editor-open';
    this.drawerBadge = h('b', { class: 'badge' });
    this.drawerButton = h('button', { type: 'button', class: 'control drawer', onclick: () => this.#toggleDrawer() }, icon('bell'), this.drawerBadge);
    this.peopleButton = h('button', { type: 'button', class: 'control people-drawer', onclick: () => this.element.classList.toggle('people-open') }, icon('people'));
    this.tooltip = h('div', { class: 'tooltip', hidden: true });
    this.visitsWord = h('span');
    this.visitsButton = h('button', { type: 'button', class: 'pill-button', 'data-testid': 'visits', onclick: () => this.#toggleVisits() }, icon('visits'), this.visitsWord);
    this.note = h('div', { class: 'map-note', hidden: true });
    this.card = h('div', { class: 'fence-card', hidden: true });
    this.toasts = new Toasts(this.#store, (id) => this.openAlert(id));
    this.stage = h(
      'main',
      { class: 'stage' },
      this.mapElement,
      h('div', { class: 'controls' }, h('div', { class: 'control-group' }, this.controls.zoomIn, this.controls.zoomOut), h('div', { class: 'control-group' }, this.controls.fit, this.controls.fences, this.controls[fences])),
      this.peopleButton,
      this.drawerButton,
      this.visitsButton,
      this.note,
      this.tooltip,
      this.toasts.element,
    );
    this.element = h('div', { class: 'shell' }, left, this.stage, this.right);
  }

  #control(name, onclick) {
    return h('button', { type: 'button', class: 'control', onclick }, icon(name));
  }

  #wireMap() {
    const { map } = this;
    this.fenceOverlay = new ol.Overlay({ element: this.card, positioning: 'bottom-center', offset: [0, -10], stopEvent: true });
    map.map.addOverlay(this.fenceOverlay);
    map.on('hover', (hit) => this.#paintTooltip(hit));
    map.on('click', ({ member, fence, coordinate }) => {
      this.#closeFence();
      if (member) this.openPerson(member.id, false);
      else if (fence) this.#openFence(fence, coordinate);
      else if (this.#opened?.kind === 'person') this.closeDetail();
    });
    map.on('fences', () => this.#paintNote());
  }

  openPerson(id, move = true) {
    const member = this.#store.members.get(id);
    if (member) this.#leaving(() => this.#openMember(member, move));
  }

  #openMember(member, move) {
    const { id } = member;
    this.#closeOperations();
    this.#closeVisits();
    this.#open({ kind: 'person', id }, new PersonPanel(member, { store: this.#store, session: this.#session, map: this.map, onClose: () => this.closeDetail(), onDay: (who) => this.openDay(who) }));
    this.map.select(id);
    this.people.select(id);
    if (move) this.map.showMember(member);
    else this.people.reveal(id);
  }

  openVisit(visit) {
    this.#leaving(() => this.#showVisit(visit));
  }

  #showVisit(visit) {
    this.#closeVisits();
    this.#open(
      { kind: 'visit', visit },
      new VisitPanel(visit, {
        store: this.#store,
        session: this.#session,
        map: this.map,
        onBack: () => {
          this.closeDetail();
          this.#openVisits();
        },
        onPerson: (id) => this.openPerson(id),
        onDay: (id, at) => this.openDay(id, dateOf(at, this.#store.members.get(id)?.timeZone ?? 'UTC')),
      }),
    );
    this.map.select(visit.member);
    this.people.select(visit.member);
  }

  /** The day of a person; today without a date. */
  openDay(id, date) {
    const member = this.#store.members.get(id);
    if (member) this.#leaving(() => this.#showDay(member, date));
  }

  #showDay(member, date) {
    const { id } = member;
    this.#closeVisits();
    const panel = new DayPanel(member, {
      store: this.#store,
      session: this.#session,
      map: this.map,
      date,
      dockHost: this.stage,
      onBack: () => this.openPerson(id, false),
      onVisit: (visit) => this.openVisit(visit),
    });
    this.#open({ kind: 'day', id, panel }, panel);
    this.map.select(id);
    this.people.select(id);
  }

  openAlert(id, at = this.#opened?.alert) {
    const alert = this.#store.alerts.get(id) ?? (at?.id === id ? at : null);
    if (alert) this.#leaving(() => this.#showAlert(alert));
  }

  #showAlert(alert) {
    this.#open(
      { kind: 'alert', id: alert.id, alert },
      new EvidencePanel(alert, { store: this.#store, session: this.#session, map: this.map, onBack: () => this.closeDetail(), onPerson: (member) => this.openPerson(member) }),
    );
    this.map.select(alert.member);
    this.people.select(alert.member);
  }

  /** With an id that fence is changed; without one a tool draws, imports, lists or asks. Of two clicks the later counts. */
  async openFenceEditor(id, tool) {
    const turn = ++this.#turn;
    let row = null;
    try {
      row = id ? await this.#session.get(`/v1/fences/${encodeURIComponent(id)}`) : null;
    } catch (error) {
      if (turn === this.#turn) this.toasts.say(t('fences.loadFailed', { detail: error.message }));
      return;
    }
    if (turn === this.#turn) this.#leaving(() => this.#showFenceEditor(row, tool));
  }

  #showFenceEditor(row, tool) {
    this.#closeOperations();
    const editor = new FenceEditor(row, {
      session: this.#session,
      map: this.map,
      mayEdit: this.#mayEdit,
      tool,
      onClose: () => this.closeDetail(),
      onOpen: (id) => this.openFenceEditor(id),
      onList: () => this.openFenceEditor(null, 'list'),
      onSaved: (id) => this.map.fences.forget(id),
    });
    this.#open({ kind: 'fence' }, editor);
    this.map.select(null);
    this.people.select(null);
  }

  /** Whatever takes the place of the detail asks first when there is something unsaved in it. */
  #leaving(go) {
    unlessUnsaved(this.#detail?.dirty, go);
  }

  #signOut() {
    this.#leaving(() => {
      this.#detail?.abandon?.();
      this.#session.signOut();
    });
  }

  get #mayEdit() {
    return this.#session.user?.role !== 'member';
  }

  #openActivity(entry) {
    if (entry.type === 'punch' && entry.place) {
      this.openPerson(entry.member, false);
      this.map.showPlace(entry.place, 16);
    } else {
      this.openPerson(entry.member);
    }
  }

  closeDetail() {
    this.#leaving(() => {
      this.#open(null, null);
      this.map.select(null);
      this.people.select(null);
    });
  }

  #open(opened, panel) {
    this.#turn++;
    this.#detail?.dispose();
    this.#detail = panel;
    this.#opened = opened;
    this.detailHost.replaceChildren(...(panel ? [panel.element] : []));
    this.detailHost.hidden = !panel;
    this.inboxHost.inert = Boolean(panel);
    this.element.classList.toggle('detail-open', Boolean(panel));
    this.element.classList.remove('people-open');
    this.#closeFence();
  }

  #toggleVisits() {
    if (this.#visits) this.#closeVisits();
    else this.#openVisits();
  }

  #openVisits() {
    this.#closeOperations();
    this.#closeVisits();
    this.#visits = new VisitsPage({ store: this.#store, session: this.#session, filter: this.#visitFilter, onOpen: (visit) => this.openVisit(visit), onClose: () => this.#closeVisits() });
    this.element.append(this.#visits.element);
    this.element.classList.remove('people-open', 'inbox-open');
    this.#paintOperations();
    this.#visits.focus();
  }

  #closeVisits() {
    if (!this.#visits) return;
    this.#visitFilter = this.#visits.filter;
    this.#visits.dispose();
    this.#visits = null;
    this.#paintOperations();
  }

  #toggleOperations() {
    if (this.#operations) this.#closeOperations();
    else this.#openOperations('quarantine');
  }

  #openOperations(tab) {
    this.#closeVisits();
    this.#operations?.element.remove();
    this.#operations = new OperationsPage({ store: this.#store, session: this.#session, tab, onClose: () => this.#closeOperations() });
    this.element.append(this.#operations.element);
    this.element.classList.remove('people-open', 'inbox-open');
    this.#paintOperations();
    this.#operations.focus();
  }

  #closeOperations() {
    this.#operations?.element.remove();
    this.#operations = null;
    this.#paintOperations();
  }

  #paintOperations() {
    this.stage.inert = this.right.inert = Boolean(this.#operations || this.#visits);
    this.operationsButton?.setAttribute('aria-pressed', String(Boolean(this.#operations)));
  }

  #openFence(feature, coordinate) {
    const id = feature.getId();
    const properties = feature.getProperties();
    const inside = [...this.#store.members.values()].filter((member) => member.position?.fences.includes(id) && this.#store.stateOf(member) !== 'offline');
    const since = new Map(this.#store.visitsNow({ fence: id }).map((visit) => [visit.member, visit.arrived_at]));
    this.card.replaceChildren(
      h('header', {}, icon('fence'), h('strong', { text: properties.name ?? id }), h('button', { type: 'button', class: 'icon-button', 'aria-label': t('person.close'), onclick: () => this.#closeFence() }, icon('close'))),
      isArea(feature) ? h('p', { class: 'hint', text: t('map.areaHint') }) : '',
      properties.customer ? h('p', { class: 'hint', text: `${t('map.customer')}: ${properties.customer}` }) : '',
      h('h3', { text: t('map.insideNow') }),
      inside.length
        ? h('div', { class: 'tags' }, inside.slice(0, 12).map((member) => h('button', { type: 'button', class: 'tag', onclick: () => this.openPerson(member.id) }, member.name, since.has(member.id) ? h('span', { class: 'since', text: t('visits.since', { time: clock(Date.parse(since.get(member.id))) }) }) : null)))
        : h('p', { class: 'hint', text: t('map.nobodyInside') }),
      h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button small', 'data-testid': 'fence-edit', text: t(this.#mayEdit ? 'fences.change' : 'fences.look'), onclick: () => this.openFenceEditor(id) })),
    );
    this.card.hidden = false;
    this.tooltip.hidden = true;
    this.fenceOverlay.setPosition(coordinate);
  }

  #closeFence() {
    this.card.hidden = true;
    this.fenceOverlay?.setPosition(undefined);
  }

  #paintTooltip(hit) {
    const shown = hit && (hit.member || this.card.hidden) ? hit : null;
    this.tooltip.hidden = !shown;
    if (!shown) return;
    if (hit.member) {
      const state = this.#store.stateOf(hit.member);
      const visit = this.#store.visitsNow({ member: hit.member.id }).at(-1);
      const where = visit ? h('span', { text: `${visit.name} ${t('visits.since', { time: clock(Date.parse(visit.arrived_at)) })}` }) : '';
      this.tooltip.replaceChildren(h('i', { class: `dot state-${state}` }), h('strong', { text: hit.member.name }), where, h('span', { text: `${t(`state.${state}`)} · ${ageOf(this.#session.now() - hit.member.position.receivedMs)}` }));
    } else {
      const about = isArea(hit.fence) ? t('map.area') : hit.fence.get('customer');
      this.tooltip.replaceChildren(icon('fence'), h('strong', { text: hit.fence.get('name') ?? hit.fence.getId() }), about ? h('span', { text: about }) : '');
    }
    const [x, y] = hit.pixel;
    this.tooltip.style.transform = `translate(${Math.round(x + 14)}px, ${Math.round(y + 16)}px)`;
  }

  #toggleFences() {
    this.controls.fences.setAttribute('aria-pressed', String(this.map.fences.toggle()));
    this.#closeFence();
  }

  #toggleDrawer() {
    if (this.element.classList.contains('detail-open')) this.closeDetail();
    else this.element.classList.toggle('inbox-open');
  }

  #onFilter() {
    this.map.people.repaint();
    this.map.fit();
  }

  #onKey(event) {
    if (!this.element.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
    if (event.key === 'Escape') {
      event.preventDefault(); // else the key would also close the question that it opens
      if (typing) event.target.blur();
      else if (this.#visits) this.#closeVisits();
      else if (this.#operations) this.#closeOperations();
      else if (!this.card.hidden) this.#closeFence();
      else if (!this.#detail?.endDrawing?.()) this.closeDetail();
    } else if (!typing && event.key === '/') {
      event.preventDefault();
      this.people.focusSearch();
    } else if (!typing && event.key === 'f') {
      this.map.fit();
    }
  }

  #paintWords() {
    const { user } = this.#session;
    setText(this.userName, user?.name ?? user?.username ?? user?.id ?? '');
    setText(this.userRole, user?.role ? t(`user.role.${user.role}`) : '');
    this.mapElement.setAttribute('aria-label', t('map.label'));
    for (const [name, button] of Object.entries(this.controls)) label(button, t(`map.${name}`));
    label(this.signOut, t('user.signOut'));
    label(this.themeButton, t('user.theme'));
    this.accountButton.title = t('sessions.title');
    if (this.operationsButton) label(this.operationsButton, t('operations.title'));
    label(this.drawerButton, t('inbox.show'));
    label(this.peopleButton, t('people.title'));
    setText(this.visitsWord, t('visits.title'));
    this.languageSwitch.paint();
    this.people.paintWords();
    this.inbox.paintWords();
    this.#paintConnection();
    this.#paintTheme();
    this.#paintNote();
    const opened = this.#opened;
    const operations = this.#operations?.tab;
    const visits = Boolean(this.#visits);
    if (opened?.kind === 'person') this.openPerson(opened.id, false);
    if (opened?.kind === 'alert') this.openAlert(opened.id);
    if (opened?.kind === 'visit') this.openVisit(opened.visit);
    if (opened?.kind === 'day') this.openDay(opened.id, opened.panel.date);
    if (visits) this.#openVisits();
    if (opened?.kind === 'fence') this.#detail.paintWords();
    if (operations) this.#openOperations(operations);
    this.map.people.repaint();
  }

  #paintConnection() {
    const { state } = this.#live;
    this.connection.dataset.state = state;
    setText(this.connectionWord, t(`connection.${state}`));
  }

  #paintTheme() {
    this.themeButton.replaceChildren(icon(theme.name === 'dark' ? 'sun' : 'moon'));
  }

  #paintNote() {
    const { failed, more } = this.map.fences;
    this.note.hidden = !failed && !more;
    setText(this.note, t(failed ? 'map.fencesFailed' : 'map.moreFences'));
  }

  #paintDrawerBadge() {
    const open = this.#store.openAlerts().length;
    setText(this.drawerBadge, String(open));
    this.drawerBadge.hidden = !open;
  }
}

function label(button, words) {
  button.setAttribute('aria-label', words);
  button.title = words;
}
