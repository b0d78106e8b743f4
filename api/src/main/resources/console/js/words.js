// Sentences about alerts, punches and transitions, shared by lists, toasts and panels.

import { language, t } from './i18n.js';
import { distance } from './format.js';

export function signalName(code) {
  return language.find(`signal.${code}`)?.name ?? language.find(`alertKind.${code}`) ?? String(code ?? '').replaceAll('_', ' ').toLowerCase();
}

export function signalText(code) {
  return language.find(`signal.${code}`)?.text ?? '';
}

export function alertTitle(alert) {
  const leading = language.find(`signal.${alert.kind}`) ? alert.kind : (alert.reasons[0]?.code ?? alert.kind);
  return signalName(leading);
}

/** One line of fact under an alert's title: the first figure that says how much. */
export function alertFact(alert) {
  const others = alert.reasons.slice(1).map((reason) => signalName(reason.code));
  const site = alert.sites[0];
  if (site && site.distance_m > 0) return t('evidence.distance', { distance: distance(site.distance_m), site: site.name ?? site.fence });
  if (others.length) return others.join(' · ');
  const farM = alert.reasons.map((reason) => reason.distance_m).find((value) => typeof value === 'number');
  return farM ? distance(farM) : '';
}

export function punchTitle(entry) {
  return t(`punchKind.${entry.kind}`);
}

export function punchFact(entry) {
  const reasons = entry.reasons.map((reason) => signalName(reason.code));
  if (reasons.length) return reasons.join(' · ');
  const site = entry.sites[0];
  if (!site) return entry.where ? t(`place.${entry.where}`) : '';
  const name = site.name ?? site.fence;
  return site.distance_m > 0 ? t('evidence.distance', { distance: distance(site.distance_m), site: name }) : name;
}

export function transitionTitle(entry, fenceName) {
  return t(`transition.${entry.kind}`, { fence: fenceName });
}
