// Numbers, times and figures as a person reads them, in the chosen language.

import { language, t } from './i18n.js';

export function ageOf(ageMs) {
  const seconds = Math.max(0, Math.round(ageMs / 1000));
  if (seconds < 3) return t('age.now');
  if (seconds < 60) return t('age.seconds', { count: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('age.minutes', { count: minutes });
  const hours = Math.round(minutes / 60);
  return hours < 48 ? t('age.hours', { count: hours }) : t('age.days', { count: Math.round(hours / 24) });
}

export function ago(ageMs) {
  return ageMs < 3000 ? t('age.justNow') : t('age.ago', { age: ageOf(ageMs) });
}

export function clock(ms, withSeconds = false) {
  return format(ms, { hour: '2-digit', minute: '2-digit', second: withSeconds ? '2-digit' : undefined, hourCycle: 'h23' });
}

export function dateAndClock(ms) {
  return format(ms, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

export function dateAndMinute(ms) {
  return format(ms, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

export function day(ms) {
  return format(ms, { month: 'short', day: 'numeric', weekday: 'short' });
}

export function distance(meters) {
  if (meters === null || meters === undefined || Number.isNaN(meters)) return t('person.unknown');
  const size = Math.abs(meters);
  if (size < 1000) return `${number(meters, size < 10 ? 1 : 0)} ${t('unit.m')}`;
  return `${number(meters / 1000, size < 10_000 ? 2 : size < 100_000 ? 1 : 0)} ${t('unit.km')}`;
}

export function speed(metersPerSecond) {
  const kmh = metersPerSecond * 3.6;
  return `${number(kmh, kmh < 10 ? 1 : 0)} ${t('unit.kmh')}`;
}

export function duration(ms) {
  const size = Math.abs(ms);
  if (size < 1000) return `${number(ms, 0)} ${t('unit.ms')}`;
  if (size < 120_000) return `${number(ms / 1000, size < 10_000 ? 1 : 0)} ${t('unit.s')}`;
  if (size < 7_200_000) return `${number(ms / 60_000, 0)} ${t('unit.min')}`;
  if (size < 172_800_000) return `${number(ms / 3_600_000, 1)} ${t('unit.h')}`;
  return `${number(ms / 86_400_000, 0)} ${t('unit.d')}`;
}

export function number(value, digits) {
  return new Intl.NumberFormat(language.code, { maximumFractionDigits: digits }).format(value);
}

export function coordinates(lat, lng) {
  return `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}

export function heading(degrees) {
  const arrows = ['↑', '↗', '→', '↘', '↓', '↙', '←', '↖'];
  return `${arrows[Math.round((((degrees % 360) + 360) % 360) / 45) % 8]} ${Math.round(degrees)}°`;
}

/** Figures to show, in their order: from_lat and from_lng are one place, internal handles and nulls stay away. */
export function shownFigures(figures) {
  const shown = new Map();
  for (const [key, value] of Object.entries(figures)) {
    const end = /^(.+)_(lat|lng)$/.exec(key);
    if (end) shown.set(end[1], { lat: figures[`${end[1]}_lat`], lng: figures[`${end[1]}_lng`] });
    else if (!UNSHOWN.test(key) && value !== null && !shown.has(key)) shown.set(key, value);
  }
  return [...shown];
}

const UNSHOWN = /^(code|weight|signal)$|_handles?$/;

/** The label of a recorded figure: its words, or its name without the unit, spaced. */
export function figureName(key) {
  const words = language.find(`figure.${key}`);
  if (words) return words;
  const bare = key.replace(/_(m|ms|s|mps|pct|deg|cm)$/, '').replaceAll('_', ' ');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

/** A recorded figure with its unit, which is the end of its name: distance_m, age_ms, speed_mps. */
export function figureValue(key, value, names) {
  if (value === null || value === undefined) return t('person.unknown');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return numericFigure(key, value);
  if (Array.isArray(value)) return value.map((each) => figureValue(key.replace(/s$/, ''), each, names)).join(', ');
  if (typeof value === 'object') return objectFigure(value, names);
  if (/(^at$|_at$|_time$)/.test(key) && !Number.isNaN(Date.parse(value))) return dateAndClock(Date.parse(value));
  if (key.includes('member')) return names.member(value);
  if (key === 'fence' || key === 'site') return names.fence(value);
  for (const group of ['punchKind', 'verdict', 'place', 'source']) {
    const words = language.find(`${group}.${value}`);
    if (words) return words;
  }
  return value;
}

function objectFigure(value, names) {
  if (typeof value.lat === 'number') return coordinates(value.lat, value.lng ?? value.lon);
  return Object.entries(value)
    .map(([key, each]) => `${figureName(key)} ${figureValue(key, each, names)}`)
    .join(' · ');
}

function numericFigure(key, value) {
  if (key.endsWith('_mps')) return speed(value);
  if (key.endsWith('_kmh')) return `${number(value, 0)} ${t('unit.kmh')}`;
  if (/_(at|time)_ms$/.test(key)) return dateAndClock(value);
  if (key.endsWith('_ms')) return duration(value);
  if (key.endsWith('_s')) return duration(value * 1000);
  if (key.endsWith('_m') || key.endsWith('_meters')) return distance(value);
  if (key.endsWith('_cm')) return distance(value / 100);
  if (key.endsWith('_pct')) return `${number(value, 0)} %`;
  if (key.endsWith('_deg')) return `${number(value, 0)}°`;
  if (/(^|_)(lat|lng|lon)$/.test(key)) return value.toFixed(5);
  return number(value, 2);
}

function format(ms, options) {
  return new Intl.DateTimeFormat(language.code, options).format(ms);
}
