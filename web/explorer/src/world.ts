// What the page has one of: node, live blocks, the reader's language, the address, the clock.
import { derived, readable, writable } from 'svelte/store';
import { Api } from './api';
import { ledgerNow, type Language } from './format';
import { pickLanguage, translate, type Key, type Values } from './i18n/translate';
import { LiveBlocks, type Stream } from './live';
import { parseRoute, type Route } from './route';

export const api = new Api();

export const live = new LiveBlocks({
  network: () => api.network(),
  blocks: (query) => api.blocks(query),
  open: (url) => new EventSource(url) as unknown as Stream,
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const id = setTimeout(run, delayMs);
    return () => clearTimeout(id);
  },
});

const languageKey = 'tomada.language';

function savedLanguage(): Language | null {
  try {
    const saved = localStorage.getItem(languageKey);
    return saved === 'en' || saved === 'pt-BR' ? saved : null;
  } catch {
    return null;
  }
}

export const language = writable<Language>(savedLanguage() ?? pickLanguage(navigator.languages));

export function chooseLanguage(chosen: Language): void {
  language.set(chosen);
  try {
    localStorage.setItem(languageKey, chosen);
  } catch {
    // Without storage the choice holds until the page is closed.
  }
}

export const t = derived(
  language,
  (chosen) => (key: Key, values?: Values) => translate(chosen, key, values),
);

export const route = readable<Route>(parseRoute(location.hash), (set) => {
  const read = () => set(parseRoute(location.hash));
  addEventListener('hashchange', read);
  return () => removeEventListener('hashchange', read);
});

/** Wall time in ms, once a second. */
export const wallMs = readable(Date.now(), (set) => {
  const id = setInterval(() => set(Date.now()), 1000);
  return () => clearInterval(id);
});

/** Ledger time in ms: relative times are said against it. */
export const ledgerMs = derived([live, wallMs], ([$live, $wallMs]) =>
  $live.network === null
    ? $wallMs
    : ledgerNow($live.network.clock, $live.networkAtMs, Math.max($wallMs, $live.networkAtMs)),
);
