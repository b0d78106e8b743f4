// The right panel's two lists: alerts and the stream of punches and arrivals. Rows are keyed: a new event adds one
// row at the top and leaves the others alone, so that nothing jumps under the pointer and screen readers hear one thing.

import { t } from '../i18n.js';
import { ageOf } from '../format.js';
import { punchFact, punchTitle, transitionTitle } from '../words.js';
import { AlertList } from './alertlist.js';
import { emptyState, h, icon, setText, throttled } from './dom.js';

const ACTIVITY_SHOWN = 120;

export class Inbox {
  element;
  #store;
  #session;
  #fences;
  #on;
  #activityRows = new Map();
  tab = 'alerts';

  constructor(store, session, fences, on) {
    this.#store = store;
    this.#session = session;
    this.#fences = fences;
    this.#on = on;
    this.#build();
    store.on('alerts', throttled(120, () => this.#paintBadge()));
    store.on('activity', throttled(250, () => this.#paintActivity()));
    store.on('members', () => this.paintWords());
    this.timer = setInterval(() => this.#paintAges(), 1000);
  }

  #build() {
    this.alertTab = this.#tabButton('alerts');
    this.activityTab = this.#tabButton('activity');
    this.badge = h('b', { class: 'badge', 'aria-live': 'polite' });
    this.alertTab.append(this.badge);
    this.alerts = new AlertList(this.#store, this.#session, (alert) => this.#on.alert(alert));
    this.alertList = this.alerts.element;
    this.activityList = h('div', { class: 'inbox-list', role: 'tabpanel', id: 'inbox-activity', 'aria-labelledby': 'tab-activity', hidden: true });
    this.element = h('div', { class: 'inbox' }, h('div', { class: 'tabs', role: 'tablist', onkeydown: (event) => this.#onTabKey(event) }, this.alertTab, this.activityTab), this.alertList, this.activityList);
    this.show('alerts');
  }

  #tabButton(name) {
    return h('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `inbox-${name}`, class: 'tab', onclick: () => this.show(name) }, h('span'));
  }

  #onTabKey(event) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    this.show(this.tab === 'alerts' ? 'activity' : 'alerts');
    (this.tab === 'alerts' ? this.alertTab : this.activityTab).focus();
  }

  show(name) {
    this.tab = name;
    for (const [button, list, each] of [[this.alertTab, this.alertList, 'alerts'], [this.activityTab, this.activityList, 'activity']]) {
      button.setAttribute('aria-selected', String(each === name));
      button.tabIndex = each === name ? 0 : -1;
      list.hidden = each !== name;
    }
  }

  paintWords() {
    setText(this.alertTab.firstElementChild, t('inbox.alerts'));
    setText(this.activityTab.firstElementChild, t('inbox.activity'));
    this.#activityRows.clear();
    this.#paintBadge();
    this.alerts.paintWords();
    this.#paintActivity();
  }

  #paintBadge() {
    const count = this.#store.openAlerts().length;
    setText(this.badge, count > 99 ? '99+' : String(count));
    this.badge.hidden = !count;
    this.badge.title = t('inbox.openCount', { count });
  }

  #paintActivity() {
    this.#reconcile(this.activityList, this.#activityRows, this.#store.activity.slice(0, ACTIVITY_SHOWN), (entry) => entry.key, (entry) => this.#activityRow(entry), () => emptyState('pulse', t('inbox.noActivity'), t('inbox.noActivityHint')));
  }

  #reconcile(list, rows, items, keyOf, build, whenEmpty) {
    const wanted = new Map(items.map((item) => [keyOf(item), item]));
    for (const key of rows.keys()) if (!wanted.has(key)) rows.delete(key);
    for (const [key, item] of wanted) if (!rows.has(key)) rows.set(key, build(item));
    const elements = items.length ? [...wanted.keys()].map((key) => rows.get(key)) : [whenEmpty()];
    const same = list.children.length === elements.length && elements.every((element, index) => list.children[index] === element);
    if (same || (!items.length && list.firstElementChild?.classList.contains('empty') && list.dataset.lang === document.documentElement.lang)) return;
    list.dataset.lang = document.documentElement.lang;
    const focused = document.activeElement;
    const keptTop = list.scrollTop;
    list.replaceChildren(...elements);
    list.scrollTop = keptTop;
    if (list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #activityRow(entry) {
    const isPunch = entry.type === 'punch';
    const mark = isPunch ? { verified: 'check', unverified: 'question', invalid: 'close' }[entry.verdict] : (entry.kind in { enter: 1, exit: 1, dwell: 1 } ? entry.kind : 'fence');
    const title = h('span', { class: 'row-title' });
    if (isPunch) {
      title.append(punchTitle(entry), h('span', { class: `verdict ${entry.verdict}`, text: t(`verdict.${entry.verdict}`) }));
    } else {
      const paint = (name) => setText(title, transitionTitle(entry, name));
      paint(entry.fenceName ?? this.#fences.name(entry.fence, paint));
    }
    const sub = [this.#store.memberName(entry.member), isPunch ? punchFact(entry) : entry.inferred ? t('inferred') : ''].filter(Boolean).join(' · ');
    return h(
      'button',
      { type: 'button', class: `activity-row ${entry.type}`, 'data-testid': 'activity-row', 'data-member': entry.member, 'data-verdict': entry.verdict, onclick: () => this.#on.activity(entry) },
      h('span', { class: `mark ${isPunch ? entry.verdict : entry.kind}` }, icon(mark ?? 'question')),
      h('span', { class: 'row-main' }, title, h('span', { class: 'row-sub', text: sub })),
      h('time', { class: 'row-age', 'data-ms': entry.receivedMs ?? entry.atMs, text: this.#age(entry.receivedMs ?? entry.atMs) }),
    );
  }

  #paintAges() {
    if (document.hidden) return;
    if (this.tab === 'alerts') this.alerts.paintAges();
    else for (const time of this.activityList.querySelectorAll('time')) setText(time, this.#age(Number(time.dataset.ms)));
  }

  #age(ms) {
    return ageOf(this.#session.now() - ms);
  }
}
