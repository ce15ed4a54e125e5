import { describe, expect, test } from 'vitest';
import { Api, ApiError, readEvidence } from '../src/api';
import { fileName, guiltyOf, isOfHeads, kindOf } from '../src/evidence';
import { counted, newestTile, readHead, readPolicy, readReceipt } from '../src/proofs';
import { cosignature, evidence, note, origin, policy, receipt } from './proofs';

describe('a checkpoint', () => {
  test('says size, root and who cosigned when', () => {
    expect(readHead(note(['br-abc', 'br-def']))).toEqual({
      origin,
      size: 300,
      root: '07'.repeat(32),
      cosignatures: [
        { company: 'br-abc', at: '2026-11-23T14:00:00.000Z' },
        { company: 'br-def', at: '2026-11-23T14:00:00.000Z' },
      ],
    });
  });

  test('counts no company twice, nor the log itself, other logs or other forms', () => {
    const lines = [
      cosignature(`${origin}/br-abc`),
      cosignature(`${origin}/br-abc`),
      cosignature(`${origin}/br-def`, 4 + 64),
      cosignature(origin),
      cosignature('elsewhere/br-ghi'),
      '\u2014 no base64!',
    ];
    const head = readHead(note([], lines));
    expect(head.cosignatures.map((each) => each.company)).toEqual(['br-abc']);
  });

  test('of another form is refused', () => {
    expect(() => readHead('')).toThrow('checkpoint');
    expect(() => readHead(`${origin}\n300\nAAAA\n\n`)).toThrow('checkpoint');
    expect(() => readHead(note(['br-abc']).replace('300', '0300'))).toThrow('checkpoint size');
    expect(() => readHead(note(['br-abc']).replace('\n\n', '\n'))).toThrow('checkpoint');
  });
});

describe('a policy', () => {
  test('says how many of whom are needed', () => {
    expect(readPolicy(policy(2))).toEqual({ needed: 2, witnesses: ['br-abc', 'br-def', 'br-ghi'] });
  });

  test('without a group for its quorum is refused', () => {
    expect(() => readPolicy('quorum none\n')).toThrow('policy');
    expect(() => readPolicy(policy(2).replace('group companies 2', 'group companies all')))
      .toThrow('policy threshold');
  });

  test('leaves out who is not in it', () => {
    const head = readHead(note(['br-abc', 'br-xyz']));
    expect(counted(head, readPolicy(policy(2))).map((each) => each.company)).toEqual(['br-abc']);
    expect(counted(head, null)).toHaveLength(2);
  });
});

describe('a receipt', () => {
  test('says the place of its entry and the head above it', () => {
    expect(readReceipt(receipt)).toMatchObject({ index: 12, head: { size: 300 } });
  });

  test('of another form is refused', () => {
    expect(() => readReceipt(receipt.replace('@v1', '@v2'))).toThrow('receipt');
    expect(() => readReceipt(receipt.replace('index 12', 'index -1'))).toThrow('receipt index');
    expect(() => readReceipt('')).toThrow('receipt');
  });

  const answering = (answers: Record<string, [string, ResponseInit?]>) =>
    new Api((url) => {
      const [body, init] = answers[url] ?? ['', { status: 404 }];
      return Promise.resolve(new Response(body, init));
    });

  test('that is not there yet is asked for when the node says so, within limits', async () => {
    for (const [header, retryMs] of [['2', 2_000], ['0', 1_000], ['900', 10_000]]) {
      const headers = { 'retry-after': String(header) };
      const api = answering({ '/v1/transactions/aa/receipt': ['{}', { status: 202, headers }] });
      expect(await api.receipt('aa')).toEqual({ state: 'waiting', retryMs });
    }
  });

  test('comes with the policy, or without one that cannot be read', async () => {
    const path = '/v1/transactions/aa/receipt';
    const api = answering({ [path]: [receipt], '/v1/network/policy': [policy(2)] });
    expect(await api.receipt('aa')).toMatchObject({ state: 'proven', policy: { needed: 2 } });
    expect(await answering({ [path]: [receipt] }).receipt('aa')).toMatchObject({ policy: null });
  });

  test('that is something else is told as another shape', async () => {
    const error = await answering({ '/v1/transactions/aa/receipt': ['<html>'] })
      .receipt('aa')
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).failure).toBe('shape');
  });

  test('no head yet is an answer, and no node is not', async () => {
    const none = answering({ '/checkpoint': ['{}', { status: 503 }] });
    expect(await none.checkpoint()).toEqual({ head: null, policy: null });
    const away = new Api(() => Promise.reject(new TypeError('away')));
    await expect(away.checkpoint()).rejects.toMatchObject({ failure: 'unreachable' });
  });
});

test('The newest tile is full or names its width, and its number is cut in thousands', () => {
  expect(newestTile('0', 0)).toBeNull();
  expect(newestTile('0', 1)).toBe('/tile/0/000.p/1');
  expect(newestTile('0', 256)).toBe('/tile/0/000');
  expect(newestTile('entries', 300)).toBe('/tile/entries/001.p/44');
  expect(newestTile('0', 256 * 1_234_068)).toBe('/tile/0/x001/x234/067');
});

describe('evidence', () => {
  test('of each kind has its sentence, and a later kind none', () => {
    const kinds = ['TWO_PROPOSALS', 'TWO_ENDORSEMENTS', 'TWO_ACCEPTS', 'HIDDEN_LOCK', 'TWO_HEADS'];
    expect(kinds.map((kind) => kindOf(kind)?.code)).toEqual(['E1', 'E2', 'E3', 'E4', 'E5']);
    expect(kindOf('constructor')).toBeNull();
    expect(kinds.filter((kind) => isOfHeads({ kind }))).toEqual(['TWO_HEADS']);
  });

  test('with an id of another form is never put into a command', () => {
    expect(fileName('br-abc.2.10.0')).toBe('evidence-br-abc.2.10.0.json');
    for (const id of ['br-abc.2.10.0; rm x', 'br-abc.2', '$(x).1.1.1', 'br-abc.2.10.0\n']) {
      expect(fileName(id)).toBe('FILE');
    }
  });

  test('names each guilty company once', () => {
    const items = [evidence('br-abc', 2), evidence('br-abc', 3), evidence('br-def', 1)]
      .map((each) => readEvidence(each, ''));
    expect([...guiltyOf(items).values()].map((each) => each.id)).toEqual([
      'br-abc.2.10.0',
      'br-def.1.10.0',
    ]);
  });
});
