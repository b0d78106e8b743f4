// The coordinate system of a phone's positions: what it is called, and a field to choose it.

import { t } from '../i18n.js';
import { h } from './dom.js';

const TYPES = ['wgs84', 'gcj02', 'bd09'];

/** What a phone's coordinate type is called; null is left to the app and the door. */
export function coordName(type) {
  return t(`coords.${type ?? 'auto'}`);
}

/** A labelled choice; its value is null where it is left to the app and the door. */
export function coordField(type) {
  const options = ['', ...TYPES].map((each) => h('option', { value: each, selected: each === (type ?? ''), text: coordName(each || null) }));
  const select = h('select', { id: 'phone-coords', 'data-testid': 'phone-coords-choice', 'aria-describedby': 'phone-coords-hint' }, options);
  const element = h(
    'div',
    { class: 'coord-field' },
    h('label', { for: 'phone-coords', text: t('coords.title') }),
    h('div', { class: 'field select' }, select),
    h('p', { class: 'hint', id: 'phone-coords-hint', text: t('coords.hint') }),
  );
  return { element, focus: () => select.focus(), value: () => select.value || null };
}
