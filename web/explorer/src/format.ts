// Values to text. Nothing here knows of the page; all of it is plain functions of their arguments.

export type Language = 'en' | 'pt-BR';

// ISO 4217: currencies whose minor unit is not 1/100, as Tomada.Primitives has them.
const noDecimals = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ');
const threeDecimals = 'BHD IQD JOD KWD LYD OMR TND'.split(' ');

/** Decimals of a currency's minor unit: 0, 2 or 3. */
export function exponent(currency: string): number {
  return noDecimals.includes(currency) ? 0 : threeDecimals.includes(currency) ? 3 : 2;
}

/** Units of 10^-decimals as decimal digits, without floating point: 1234, 2 → "12.34". */
export function decimalDigits(amount: number, decimals: number): string {
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const sign = amount < 0 ? '-' : '';
  const cut = digits.length - decimals;
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** Money in the reader's manner with exactly the currency's decimals. */
export function money(
  value: { amount: number; currency: string },
  language: Language,
  signed = false,
): string {
  const decimals = exponent(value.currency);
  const digits = decimalDigits(value.amount, decimals);
  try {
    const format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency: value.currency,
      signDisplay: signed ? 'exceptZero' : 'auto',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    // Text is formatted digit by digit; a number would pass through binary floating point.
    return format.format(digits as Intl.StringNumericLiteral);
  } catch {
    return `${digits} ${value.currency}`;
  }
}

export function integer(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}

/** Wh as kWh with one decimal, or three below 1 kWh. */
export function energy(wh: number, language: Language): string {
  const decimals = Math.abs(wh) < 1000 && wh !== 0 ? 3 : 1;
  const format = new Intl.NumberFormat(language, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return `${format.format(wh / 1000)} kWh`;
}

export function power(watts: number, language: Language): string {
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(watts / 1000)} kW`;
}

/** The start of a digest, for people; text that is no longer than its short form stays whole. */
export function short(hash: string, length = 8): string {
  return hash.length > length + 2 ? `${hash.slice(0, length)}…` : hash;
}

export type TimeForm = 'full' | 'clock' | 'minute';

/** An instant in the reader's zone: 2026-11-23 14:00:05, 14:00:05 or 23/11 14:00. */
export function time(iso: string, form: TimeForm, language: Language, zone?: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return iso || '—';
  }
  const parts: Record<string, string> = {};
  const format = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(zone ? { timeZone: zone } : {}),
  });
  for (const part of format.formatToParts(at)) {
    parts[part.type] = part.value;
  }
  const clock = `${parts.hour}:${parts.minute}:${parts.second}`;
  switch (form) {
    case 'full':
      return `${parts.year}-${parts.month}-${parts.day} ${clock}`;
    case 'clock':
      return clock;
    case 'minute':
      return language === 'pt-BR'
        ? `${parts.day}/${parts.month} ${parts.hour}:${parts.minute}`
        : `${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
  }
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** "3 minutes ago", "in 2 hours"; nowMs is the ledger's clock, not necessarily the wall's. */
export function relative(iso: string, nowMs: number, language: Language): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) {
    return '';
  }
  const seconds = Math.round((at - nowMs) / 1000);
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

/** Ledger time now, from what the node said at a wall time: it may run faster by a whole factor. */
export function ledgerNow(
  clock: { now: string; factor: number },
  heardMs: number,
  wallMs: number,
): number {
  return Date.parse(clock.now) + (wallMs - heardMs) * clock.factor;
}

// C0, C1, and what reorders or hides text: bidirectional controls, zero-width marks, BOM.
const deceiving =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text of strangers with every invisible or reordering character spelled out: "\u202e". */
export function visible(text: string): string {
  return text.replace(deceiving, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
