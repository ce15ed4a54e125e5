import { expect, test } from 'vitest';
import { link, parseRoute } from '../src/route';

test('Every view has an address that leads back to it', () => {
  expect(parseRoute('')).toEqual({ view: 'overview' });
  expect(parseRoute('#/')).toEqual({ view: 'overview' });
  expect(parseRoute(link(['blocks', 12]))).toEqual({ view: 'block', height: '12' });
  expect(parseRoute(link(['trips', 'ab']))).toEqual({ view: 'trip', id: 'ab' });
  expect(parseRoute(link(['settlements', '2026-11/a b']))).toEqual({
    view: 'settlement',
    period: '2026-11/a b',
  });
  expect(parseRoute(link(['evidence']))).toEqual({ view: 'evidences' });
  expect(parseRoute(link(['evidence', 'br-abc.2.10.0']))).toEqual({
    view: 'evidence',
    id: 'br-abc.2.10.0',
  });
  expect(
    parseRoute(link(['transactions'], { kind: 'AnswerLeg', outcome: '', company: 'br-abc' })),
  ).toEqual({ view: 'transactions', kind: 'AnswerLeg', outcome: '', company: 'br-abc' });
});

test('An address that leads nowhere says so', () => {
  for (const hash of ['#/nothing', '#/blocks/1/2', '#/trips/%E0%A4%A', '#/companies/br-abc']) {
    expect(parseRoute(hash).view).toBe('unknown');
  }
});
