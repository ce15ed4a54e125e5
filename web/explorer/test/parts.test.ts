// What the components say, rendered as text in both languages; no browser is needed for that.
import { render } from 'svelte/server';
import type { Component } from 'svelte';
import { beforeAll, expect, test, vi } from 'vitest';
import { readEvidence } from '../src/api';
import { readPolicy, readReceipt } from '../src/proofs';
import { evidence, policy, receipt } from './proofs';

type World = typeof import('../src/world');
let world: World;
let show: (name: string, props: object) => Promise<string>;

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '', origin: 'http://node.example' });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  world = await import('../src/world');
  const parts = import.meta.glob<{ default: Component<object> }>('../src/parts/*.svelte');
  show = async (name, props) => {
    const part = await parts[`../src/parts/${name}.svelte`]!();
    return render(part.default, { props })
      .body.replace(/<!--.*?-->/g, '')
      .replace(/<(?!a )[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
  };
  return () => vi.unstubAllGlobals();
});

test('Evidence says who did what, where, and how the file is checked', async () => {
  const item = readEvidence(evidence('br-abc', 2), '');
  world.language.set('en');
  const text = await show('EvidenceFacts', { item });
  expect(text).toMatch(/br-abc E2 endorsed two different values in ballot 0\./);
  expect(text).toMatch(/Height <a href="#\/blocks\/10"[^>]*>10/);
  expect(text).toContain('href="/v1/evidence/br-abc.2.10.0"');
  expect(text).toContain('tomada audit evidence evidence-br-abc.2.10.0.json');
  world.language.set('pt-BR');
  expect(await show('EvidenceFacts', { item })).toContain('endossou dois valores diferentes');
});

test('Evidence of two heads counts entries and has no ballot', async () => {
  world.language.set('en');
  const text = await show('EvidenceFacts', { item: readEvidence(evidence('br-abc', 5), '') });
  expect(text).toContain('Entries of the smaller head 10');
  expect(text).toContain('Identity key');
  expect(text).not.toContain('#/blocks/');
});

test('Evidence of a kind that came later shows it as the ledger spells it', async () => {
  world.language.set('en');
  const later = { ...evidence('br-abc', 1), kind: 'LATER_\u202eKIND' };
  expect(await show('EvidenceFacts', { item: readEvidence(later, '') })).toContain(
    'LATER_\\u202eKIND',
  );
});

test('A receipt says how many of whom cosigned, and the command for its file', async () => {
  const proven = (needed: number) => ({
    answer: {
      state: 'proven',
      receipt: readReceipt(receipt),
      policy: readPolicy(policy(needed)),
    },
    href: '/v1/transactions/aa/receipt',
  });
  world.language.set('en');
  const text = await show('ReceiptFacts', proven(2));
  expect(text).toContain('2 of 3 companies; 2 are needed.');
  expect(text).not.toContain('Too few');
  expect(text).toContain('href="/v1/transactions/aa/receipt" download="12.tlog-proof"');
  expect(text).toContain('tomada audit verify-receipt 12.tlog-proof --policy policy.txt');
  expect(await show('ReceiptFacts', proven(3))).toMatch(/^ *waiting.*Too few\./);
  world.language.set('pt-BR');
  expect(await show('ReceiptFacts', proven(2))).toContain('2 de 3 empresas; são necessárias 2.');
});

test('A receipt that is not there yet says that it is waited for, and offers no file', async () => {
  const waiting = { answer: { state: 'waiting', retryMs: 1000 }, href: '/x' };
  world.language.set('en');
  const text = await show('ReceiptFacts', waiting);
  expect(text).toMatch(/waiting The entry is in the log/);
  expect(text).not.toContain('href');
});

test('A company is marked only with evidence against it, and the mark leads there', async () => {
  world.language.set('en');
  expect((await show('Guilty', { evidence: undefined })).trim()).toBe('');
  const mark = await show('Guilty', { evidence: readEvidence(evidence('br-abc', 2), '') });
  expect(mark).toContain('href="#/evidence/br-abc.2.10.0"');
  expect(mark).toContain('proven guilty');
});
