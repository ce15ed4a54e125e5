import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  dictionaries,
  pickLanguage,
  stateName,
  tolerance,
  translate,
  type Key,
} from '../src/i18n/translate';

const keys = Object.keys(dictionaries.en) as Key[];
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('dictionary', () => {
  test('every key is in both languages, with the same places and not empty', () => {
    expect(Object.keys(dictionaries['pt-BR']).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(dictionaries.en[key], key).not.toBe('');
      expect(dictionaries['pt-BR'][key], key).not.toBe('');
      expect(places(dictionaries['pt-BR'][key]), key).toEqual(places(dictionaries.en[key]));
    }
  });

  test('every key is used somewhere', () => {
    const folder = join(import.meta.dirname, '../src');
    const sources = (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => /\.(svelte|ts)$/.test(name) && !/i18n.(en|pt)\.ts$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    expect(
      keys.filter((key) => !key.startsWith('state.') && !sources.includes(`'${key}'`)),
    ).toEqual([]);
  });

  test('values are put in as text, and a missing one stays visible', () => {
    expect(translate('en', 'block.title', { height: '<b>' })).toBe('Block <b>');
    expect(translate('en', 'block.title')).toBe('Block {height}');
  });
});

describe('state', () => {
  test("is said in the reader's language, or as the ledger spells it", () => {
    expect(stateName('pt-BR', 'HELD')).toBe('reservado');
    expect(stateName('en', 'CUT_OFF')).toBe('cut off');
    expect(stateName('pt-BR', 'SOMETHING_NEW')).toBe('something new');
    expect(stateName('en', 'constructor')).toBe('constructor');
  });
});

describe('language', () => {
  test("is the first of the reader's that we speak", () => {
    expect(pickLanguage(['pt-PT', 'en'])).toBe('pt-BR');
    expect(pickLanguage(['de', 'en-GB', 'pt'])).toBe('en');
    expect(pickLanguage(['de'])).toBe('en');
    expect(pickLanguage([])).toBe('en');
  });
});

describe('the promise of a network', () => {
  test('of three companies says plainly that no liar is tolerated', () => {
    const three = { n: 3, f: 0, crashesSurvived: 1 };
    expect(tolerance('en', three)).toBe('3 companies: survives one crash, tolerates no liar');
    expect(tolerance('pt-BR', three)).toBe(
      '3 empresas: sobrevive a uma queda, não tolera nenhum mentiroso',
    );
  });

  test('of ten counts both', () => {
    expect(tolerance('en', { n: 10, f: 3, crashesSurvived: 3 })).toBe(
      '10 companies: survives 3 crashes, tolerates 3 liars',
    );
  });
});
