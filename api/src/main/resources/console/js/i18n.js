// Words in the user's language. A missing word falls back to English and then to its key, so that a new signal of the
// server is shown by its code rather than not at all.

import { Emitter } from './events.js';
import { en } from '../i18n/en.js';
import { zhCN } from '../i18n/zh-CN.js';

const STORAGE_KEY = 'hexbeat.language';
const DICTIONARIES = { en, 'zh-CN': zhCN };

class Language extends Emitter {
  #code = 'en';

  get code() {
    return this.#code;
  }

  get codes() {
    return Object.keys(DICTIONARIES);
  }

  /** Stored choice first, then the browser's languages, then the server's default. */
  start(defaultLanguage) {
    const wished = [localStorage.getItem(STORAGE_KEY), ...(navigator.languages ?? [navigator.language]), defaultLanguage];
    this.#apply(wished.map(closest).find(Boolean) ?? 'en');
  }

  choose(code) {
    localStorage.setItem(STORAGE_KEY, code);
    this.#apply(code);
    this.emit('changed', code);
  }

  #apply(code) {
    this.#code = code;
    document.documentElement.lang = code;
  }

  /** The word of a dotted key, or null. */
  find(key) {
    return lookup(DICTIONARIES[this.#code], key) ?? lookup(en, key) ?? null;
  }
}

export const language = new Language();

/** The word of a dotted key with {name} filled in. */
export function t(key, values) {
  let word = language.find(key) ?? key;
  if (typeof word === 'object') {
    const form = new Intl.PluralRules(language.code).select(values?.count ?? 0);
    word = word[form] ?? word.other;
  }
  return word.replace(/\{(\w+)\}/g, (whole, name) => values?.[name] ?? whole);
}

function closest(tag) {
  if (!tag) return null;
  if (DICTIONARIES[tag]) return tag;
  const base = tag.toLowerCase().split('-')[0];
  return base === 'zh' ? 'zh-CN' : base === 'en' ? 'en' : null;
}

function lookup(dictionary, key) {
  let node = dictionary;
  for (const part of key.split('.')) node = node?.[part];
  return node;
}
