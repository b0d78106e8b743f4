// Where other systems are told of events: targets, their secrets (shown once), and what became of each delivery.

import { t } from '../i18n.js';
import { dateAndClock } from '../format.js';
import { copyField, emptyState, h, icon, modal, question, setText } from './dom.js';

const EVENTS = ['alert.opened', 'alert.assigned', 'alert.appealed', 'alert.resolved', 'punch.recorded', 'visit.opened', 'visit.closed', 'visit.amended', 'presence.enter', 'presence.exit'];
const STATUSES = ['', 'pending', 'delivered', 'dead'];
const SHOWN = 50;

export class Webhooks {
  element;
  #session;

  constructor(session) {
    this.#session = session;
    this.list = h('ul', { class: 'gateways' });
    const add = h('button', { type: 'button', class: 'button small', 'data-testid': 'webhook-add', onclick: () => this.#edit(null) }, icon('plus'), t('webhooks.add'));
    this.element = h('div', {}, h('div', { class: 'lead-line' }, h('p', { class: 'lead', text: t('webhooks.lead') }), add), this.list);
    this.reload();
  }

  async reload() {
    try {
      const { rows } = await this.#session.list('/v1/webhooks', 'webhooks');
      this.list.replaceChildren(...(rows.length ? rows.map((hook) => this.#row(hook)) : [h('li', {}, emptyState('link', t('webhooks.none'), t('webhooks.noneHint')))]));
    } catch (error) {
      this.list.replaceChildren(h('li', {}, h('p', { class: 'login-error', role: 'alert', text: t('phones.failed', { detail: error.message }) })));
    }
  }

  #row(hook) {
    const path = `/v1/webhooks/${encodeURIComponent(hook.id)}`;
    const row = h('li', { class: 'gateway webhook', 'data-testid': 'webhook-row', 'data-webhook': hook.id });
    const deliveries = new Deliveries(this.#session, path);
    const ask = (words, verb, act) => {
      const asked = question(words, verb, 'webhook-confirm', { act, done: () => this.reload(), back: show });
      row.replaceChildren(asked.element);
      asked.focus();
    };
    const button = (testId, words, onclick, style = '') => h('button', { type: 'button', class: `button small ${style}`, 'data-testid': testId, text: words, onclick });
    const show = () => {
      const test = button('webhook-test', t('webhooks.test'), async () => {
        test.disabled = true;
        await this.#session.post(`${path}/test`).catch(() => {});
        test.disabled = false;
        deliveries.open();
      });
      const more = button('webhook-deliveries', t('webhooks.deliveries'), () => deliveries.toggle());
      const edit = button('webhook-edit', t('webhooks.edit'), () => this.#edit(hook));
      const rotate = button('webhook-rotate', t('webhooks.rotate'), () => this.#rotate(hook, path));
      const remove = button('webhook-delete', t('webhooks.delete'), () => ask(t('webhooks.deleteAsk', { url: hook.url }), t('webhooks.delete'), () => this.#session.delete(path)));
      row.replaceChildren(
        h('span', { class: 'mark' }, icon('link')),
        h(
          'div',
          { class: 'gateway-main' },
          h(
            'div',
            { class: 'row-main' },
            h('span', { class: 'row-title' }, hook.description ?? hook.url, hook.active ? null : h('span', { class: 'status-pill', text: t('webhooks.off') })),
            h('span', { class: 'row-sub', text: [hook.description ? hook.url : null, hook.earlier_secret_until ? t('webhooks.twoSecrets', { time: dateAndClock(Date.parse(hook.earlier_secret_until)) }) : null].filter(Boolean).join(' · ') }),
          ),
          h('div', { class: 'tags' }, hook.events.map((event) => h('span', { class: 'tag', title: t(`webhooks.event.${event.replace('.', '_')}`), text: event }))),
          h('div', { class: 'webhook-actions' }, test, more, edit, rotate, remove),
          deliveries.element,
        ),
      );
    };
    show();
    return row;
  }

  #edit(hook) {
    new WebhookDialog(hook, { session: this.#session, onDone: () => this.reload() }).open();
  }

  async #rotate(hook, path) {
    new WebhookDialog(hook, { session: this.#session, onDone: () => this.reload() }).showRotated(await this.#session.post(`${path}/rotate`));
  }
}

/** The newest deliveries of one webhook, by what became of them. */
class Deliveries {
  element = h('div', { class: 'deliveries', hidden: true });
  #session;
  #path;
  #status = '';

  constructor(session, path) {
    this.#session = session;
    this.#path = path;
  }

  toggle() {
    if (this.element.hidden) this.open();
    else this.element.hidden = true;
  }

  open() {
    this.element.hidden = false;
    const tabs = STATUSES.map((status) => h('button', { type: 'button', 'data-status': status, 'aria-pressed': String(status === this.#status), text: t(`webhooks.status.${status || 'all'}`), onclick: () => ((this.#status = status), this.open()) }));
    const again = h('button', { type: 'button', class: 'icon-button', title: t('quarantine.reload'), 'aria-label': t('quarantine.reload'), 'data-testid': 'deliveries-reload', onclick: () => this.open() }, icon('refresh'));
    this.rows = h('ul', { class: 'related' });
    this.element.replaceChildren(h('div', { class: 'q-tools' }, h('div', { class: 'segmented' }, tabs), h('span', { class: 'grow' }), again), this.rows);
    this.#load();
  }

  async #load() {
    const { rows } = this;
    try {
      const { deliveries } = await this.#session.get(`${this.#path}/deliveries`, { status: this.#status, limit: SHOWN });
      rows.replaceChildren(...(deliveries.length ? deliveries.map((delivery) => this.#row(delivery)) : [h('li', { class: 'hint', text: t('webhooks.noDeliveries') })]));
    } catch (error) {
      rows.replaceChildren(h('li', { class: 'hint', text: t('phones.failed', { detail: error.message }) }));
    }
  }

  #row(delivery) {
    const verdict = { delivered: 'verified', dead: 'invalid', pending: 'unverified' }[delivery.status];
    const facts = [delivery.failure, delivery.attempts > 1 ? t('webhooks.attempts', { count: delivery.attempts }) : null, delivery.next_at && delivery.attempts ? t('webhooks.next', { time: dateAndClock(Date.parse(delivery.next_at)) }) : null];
    const again = h('button', { type: 'button', class: 'button small', 'data-testid': 'delivery-again', text: t('webhooks.redeliver') });
    again.addEventListener('click', async () => {
      again.disabled = true;
      await this.#session.post(`${this.#path}/deliveries/${encodeURIComponent(delivery.id)}/redeliver`).catch(() => {});
      this.#load();
    });
    return h(
      'li',
      { 'data-testid': 'delivery-row', 'data-status': delivery.status },
      h('time', { text: dateAndClock(Date.parse(delivery.created_at)) }),
      h('span', { class: 'grow row-main' }, h('span', { text: delivery.event }), h('span', { class: 'row-sub', text: facts.filter(Boolean).join(' · ') })),
      h('span', { class: `verdict ${verdict}`, text: t(`webhooks.status.${delivery.status}`) }),
      delivery.status === 'pending' ? null : again,
    );
  }
}

/** Asks where to and what for, and shows the secret once. */
class WebhookDialog {
  #hook;
  #session;
  #onDone;

  constructor(hook, { session, onDone }) {
    this.#hook = hook;
    this.#session = session;
    this.#onDone = onDone;
  }

  open() {
    this.#open(t(this.#hook ? 'webhooks.edit' : 'webhooks.add'));
    this.#ask();
  }

  showRotated(made) {
    this.#open(t('webhooks.rotate'));
    this.#show(made, t('webhooks.rotated', { time: dateAndClock(Date.parse(made.earlier_secret_until)) }));
    this.#onDone();
  }

  #open(title) {
    Object.assign(this, modal({ name: 'webhook', title }));
  }

  #ask() {
    const before = this.#hook;
    const url = h('input', { id: 'webhook-url', type: 'url', maxlength: '2000', autocomplete: 'off', spellcheck: 'false', required: true, value: before?.url ?? '', placeholder: 'https://crm.example.com/hexbeat', 'data-testid': 'webhook-url' });
    const name = h('input', { id: 'webhook-name', maxlength: '200', autocomplete: 'off', value: before?.description ?? '', placeholder: t('webhooks.nameHint'), 'data-testid': 'webhook-name' });
    const events = EVENTS.map((event) => ({ event, box: h('input', { type: 'checkbox', id: `event-${event}`, checked: before ? before.events.includes(event) : event.startsWith('alert.opened'), 'data-testid': `webhook-event-${event}` }) }));
    const active = h('input', { type: 'checkbox', id: 'webhook-active', checked: before?.active ?? true, 'data-testid': 'webhook-active' });
    const problem = h('p', { class: 'login-error', role: 'alert', hidden: true, 'data-testid': 'webhook-problem' });
    const submit = h('button', { type: 'submit', class: 'button primary', 'data-testid': 'webhook-save', text: t(before ? 'webhooks.save' : 'webhooks.create') });
    const say = (words) => {
      problem.hidden = false;
      setText(problem, words);
    };
    const onsubmit = async (event) => {
      event.preventDefault();
      const chosen = events.filter(({ box }) => box.checked).map((each) => each.event);
      if (!chosen.length) return say(t('webhooks.noEvents'));
      const wanted = { url: url.value.trim(), description: name.value.trim() || undefined, events: chosen, active: active.checked };
      submit.disabled = true;
      try {
        if (before) {
          await this.#session.put(`/v1/webhooks/${encodeURIComponent(before.id)}`, wanted);
          this.dialog.close();
        } else {
          this.#show(await this.#session.post('/v1/webhooks', wanted), t('webhooks.once'));
        }
        this.#onDone();
      } catch (error) {
        say(error.problem?.errors?.map((each) => each.reason).join(' · ') || error.message);
        submit.disabled = false;
      }
    };
    const tick = (box, words, hint) => h('label', { class: 'tick' }, box, h('span', {}, words, hint ? h('span', { class: 'hint', text: hint }) : null));
    this.body.replaceChildren(
      h(
        'form',
        { class: 'enrol-form', onsubmit },
        h('p', { class: 'hint', text: t('webhooks.addLead') }),
        h('label', { for: 'webhook-url', text: t('webhooks.url') }),
        h('div', { class: 'field' }, url),
        h('label', { for: 'webhook-name', text: t('webhooks.name') }),
        h('div', { class: 'field' }, name),
        h('fieldset', { class: 'ticks' }, h('legend', { text: t('webhooks.events') }), events.map(({ event, box }) => tick(box, event, t(`webhooks.event.${event.replace('.', '_')}`)))),
        tick(active, t('webhooks.active')),
        problem,
        h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button', text: t('phones.cancel'), onclick: () => this.dialog.close() }), submit),
      ),
    );
    url.focus();
  }

  #show({ secret }, words) {
    const done = h('button', { type: 'button', class: 'button primary', 'data-testid': 'webhook-done', text: t('enrol.done'), onclick: () => this.dialog.close() });
    this.body.replaceChildren(h('div', { class: 'enrol-form' }, h('p', { class: 'app-note', text: words }), h('dl', { class: 'copy-fields' }, copyField(t('webhooks.secret'), secret, 'webhook-secret')), h('p', { class: 'hint', text: t('webhooks.howTo') }), h('div', { class: 'buttons' }, done)));
    done.focus();
  }
}
