import { visible, type Language } from '../format';
import { en, type Key } from './en';
import { pt } from './pt';

export type { Key };
export type Values = Record<string, string | number>;

export const dictionaries: Record<Language, Record<Key, string>> = { en: en, 'pt-BR': pt };

/** Portuguese in any spelling of it, else English. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'pt') {
      return 'pt-BR';
    }
    if (language === 'en') {
      return 'en';
    }
  }
  return 'en';
}

export function translate(language: Language, key: Key, values: Values = {}): string {
  return dictionaries[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

/** A state in the reader's words; one that is not known is shown as the ledger spells it. */
export function stateName(language: Language, state: string): string {
  const key = `state.${state}`;
  return key in dictionaries[language]
    ? translate(language, key as Key)
    : visible(state).toLowerCase().replaceAll('_', ' ');
}

/** "one crash", "2 crashes": a count as words where it is small. */
export function crashes(language: Language, n: number): string {
  const key = n <= 0 ? 'crashes.0' : n === 1 ? 'crashes.1' : 'crashes.n';
  return translate(language, key, { n });
}

export function liars(language: Language, n: number): string {
  return translate(language, n === 1 ? 'liars.1' : 'liars.n', { n });
}

/** The promise of a network in one sentence; with f = 0 it says that no liar is tolerated. */
export function tolerance(
  language: Language,
  network: { n: number; f: number; crashesSurvived: number },
): string {
  return translate(language, network.f === 0 ? 'tolerance.none' : 'tolerance.some', {
    n: network.n,
    crashes: crashes(language, network.crashesSurvived),
    liars: liars(language, network.f),
  });
}
