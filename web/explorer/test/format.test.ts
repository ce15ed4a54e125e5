import { describe, expect, test } from 'vitest';
import {
  decimalDigits,
  energy,
  exponent,
  isDigest,
  ledgerNow,
  money,
  power,
  relative,
  short,
  time,
  visible,
} from '../src/format';

/** Intl puts no-break spaces where people see a space. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  test('has exactly the decimals of its currency', () => {
    expect(plain(money({ amount: 1234, currency: 'BRL' }, 'pt-BR'))).toBe('R$ 12,34');
    expect(plain(money({ amount: 1234, currency: 'BRL' }, 'en'))).toBe('R$12.34');
    expect(plain(money({ amount: 1234, currency: 'JPY' }, 'en'))).toBe('¥1,234');
    expect(plain(money({ amount: 1234, currency: 'KWD' }, 'en'))).toBe('KWD 1.234');
  });

  test('shows its sign where asked, and none at nought', () => {
    expect(money({ amount: 5, currency: 'EUR' }, 'en', true)).toBe('+€0.05');
    expect(money({ amount: -5, currency: 'EUR' }, 'en', true)).toBe('-€0.05');
    expect(money({ amount: 0, currency: 'EUR' }, 'en', true)).toBe('€0.00');
  });

  test('keeps every digit of the largest amount on the ledger', () => {
    expect(money({ amount: 999_999_999_999_999, currency: 'USD' }, 'en')).toBe(
      '$9,999,999,999,999.99',
    );
  });

  test('of a currency that is none is still readable', () => {
    expect(money({ amount: 7, currency: '<b>' }, 'en')).toBe('0.07 <b>');
  });

  test('is cut by digits, not by division', () => {
    expect(decimalDigits(-5, 2)).toBe('-0.05');
    expect(decimalDigits(0, 0)).toBe('0');
    expect(exponent('CLP')).toBe(0);
    expect(exponent('TND')).toBe(3);
    expect(exponent('BRL')).toBe(2);
  });
});

describe('time', () => {
  test("is absolute in the reader's zone", () => {
    const at = '2026-11-23T02:00:05.120Z';
    expect(time(at, 'full', 'en', 'America/Recife')).toBe('2026-11-22 23:00:05');
    expect(time(at, 'clock', 'en', 'UTC')).toBe('02:00:05');
    expect(time(at, 'minute', 'pt-BR', 'UTC')).toBe('23/11 02:00');
  });

  test('that is none is shown as it came', () => {
    expect(time('soon', 'full', 'en')).toBe('soon');
    expect(relative('soon', 0, 'en')).toBe('');
  });

  test('is told relative to the ledger clock', () => {
    const now = Date.parse('2026-11-23T14:00:00Z');
    expect(relative('2026-11-23T13:57:00Z', now, 'en')).toBe('3 minutes ago');
    expect(relative('2026-11-23T16:00:00Z', now, 'pt-BR')).toBe('em 2 horas');
    expect(relative('2026-11-23T14:00:00Z', now, 'en')).toBe('now');
  });

  test('of a simulated ledger runs by its factor', () => {
    const clock = { now: '2026-11-23T14:00:00.000Z', factor: 60 };
    expect(new Date(ledgerNow(clock, 1_000, 3_000)).toISOString()).toBe('2026-11-23T14:02:00.000Z');
  });
});

describe('text', () => {
  test('of strangers cannot hide or reorder what it says', () => {
    expect(visible('a\u202egpj.exe')).toBe('a\\u202egpj.exe');
    expect(visible('x\u0000\u200by\n')).toBe('x\\u0000\\u200by\\u000a');
    expect(visible('Maré Elétrica 😀')).toBe('Maré Elétrica 😀');
  });

  test('of a digest is cut, other text is left whole', () => {
    expect(short('a'.repeat(64))).toBe('aaaaaaaa…');
    expect(short('br-abc')).toBe('br-abc');
    expect(isDigest('0'.repeat(64))).toBe(true);
    expect(isDigest('0'.repeat(63))).toBe(false);
  });

  test('of energy and power has units', () => {
    expect(energy(31_500, 'pt-BR')).toBe('31,5 kWh');
    expect(energy(120, 'en')).toBe('0.120 kWh');
    expect(power(120_000, 'en')).toBe('120 kW');
  });
});
