// Nothing that somebody has begun is lost without a word.

import { t } from '../i18n.js';
import { h, modal } from './dom.js';

/** Goes on at once, or, with unsaved changes, when the user gives them up. */
export function unlessUnsaved(dirty, go) {
  if (!dirty) {
    go();
    return;
  }
  const { dialog, body } = modal({ name: 'unsaved', title: t('unsaved.title') });
  const discard = () => {
    dialog.close();
    go();
  };
  const stay = h('button', { type: 'button', class: 'button', 'data-testid': 'unsaved-stay', text: t('unsaved.stay'), onclick: () => dialog.close() });
  body.append(
    h('div', { class: 'unsaved' }, h('p', { text: t('unsaved.text') }), h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button danger', 'data-testid': 'unsaved-discard', text: t('unsaved.discard'), onclick: discard }), stay)),
  );
  stay.focus();
}
