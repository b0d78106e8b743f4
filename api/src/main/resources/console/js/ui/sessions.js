// The account's own sessions: where it is signed in, and a way to end each of them or all.

import { t } from '../i18n.js';
import { ago, dateAndClock } from '../format.js';
import { h, icon, modal, question, setText } from './dom.js';

export class SessionsDialog {
  #session;

  constructor(session) {
    this.#session = session;
  }

  open() {
    Object.assign(this, modal({ name: 'sessions', title: t('sessions.title') }));
    this.list = h('ul', { class: 'gateways' });
    this.foot = h('div', { class: 'sessions-foot' });
    this.body.replaceChildren(h('div', { class: 'enrol-form sessions' }, h('p', { class: 'hint', text: t('sessions.lead') }), this.list, this.foot));
    this.#paintFoot();
    this.#load();
  }

  async #load() {
    try {
      const { sessions } = await this.#session.get('/v1/sessions');
      this.list.replaceChildren(...sessions.map((each) => this.#row(each)));
    } catch (error) {
      this.list.replaceChildren(h('li', {}, h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) })));
    }
  }

  #row(each) {
    const end = h('button', { type: 'button', class: 'button small', 'data-testid': 'session-end', text: t('sessions.end') });
    end.addEventListener('click', async () => {
      end.disabled = true;
      try {
        await this.#session.delete(`/v1/sessions/${encodeURIComponent(each.id)}`);
        await this.#load();
      } catch (error) {
        setText(end, error.message);
      }
    });
    return h(
      'li',
      { class: 'gateway', 'data-testid': 'session-row' },
      h('span', { class: 'mark' }, icon(/Mobile|Android|iPhone/.test(each.agent ?? '') ? 'phone' : 'panel')),
      h(
        'div',
        { class: 'gateway-main row-main' },
        h('span', { class: 'row-title', text: agentName(each.agent), title: each.agent ?? '' }),
        h('span', { class: 'row-sub', text: `${each.address} · ${t('sessions.used', { ago: ago(this.#session.now() - Date.parse(each.seen_at)) })}` }),
        h('span', { class: 'row-sub', text: t('sessions.until', { time: dateAndClock(Date.parse(each.ends_at)) }) }),
      ),
      h('div', { class: 'gateway-actions' }, each.current ? h('span', { class: 'hint', text: t('sessions.this') }) : end),
    );
  }

  #paintFoot() {
    const all = h('button', { type: 'button', class: 'button danger', 'data-testid': 'sessions-end-all', text: t('sessions.endAll'), onclick: () => ask() });
    const ask = () => {
      const asked = question(t('sessions.endAllAsk'), t('sessions.endAll'), 'sessions-confirm', {
        act: () => this.#session.delete('/v1/sessions'),
        done: () => this.#session.logout('login.ended'),
        back: () => this.#paintFoot(),
      });
      this.foot.replaceChildren(asked.element);
      asked.focus();
    };
    this.foot.replaceChildren(all);
  }
}

/** Browser and system, out of what a browser says of itself; anything else in its first words. */
function agentName(agent) {
  if (!agent) return t('sessions.unknown');
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iOS'], ['iPad', 'iPadOS'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark))?.[1];
  return [browser ?? agent.split(' ')[0], system].filter(Boolean).join(' · ');
}
