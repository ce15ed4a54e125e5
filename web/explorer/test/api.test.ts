import { describe, expect, test } from 'vitest';
import {
  address,
  Api,
  ApiError,
  isRefused,
  readBlock,
  readBlockSummary,
  readPage,
  readTransaction,
  readTrip,
  type Fetch,
} from '../src/api';

const summary = { height: 7, digest: 'ab', time: '2026-11-23T14:00:00.000Z' };
const transaction = {
  id: 'aa',
  height: 7,
  index: 3,
  kind: 'ProposeTrip',
  outcome: { code: 'APPLIED' },
};

const answering =
  (body: string, status = 200): Fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('reading', () => {
  test('ignores fields it does not know', () => {
    const read = readBlockSummary({ ...summary, added: { later: true } }, '');
    expect(read).not.toHaveProperty('added');
    expect(read.height).toBe(7);
  });

  test('fills what may be absent', () => {
    expect(readBlockSummary(summary, '')).toMatchObject({ signers: [], refused: 0, ballot: 0 });
    expect(readTransaction(transaction, '')).toMatchObject({ lane: null, effects: [], body: null });
    expect(readBlock(summary, '').log).toEqual([]);
  });

  test('names the field that has another shape', () => {
    const page = { items: [summary, { ...summary, height: '8' }], next: null, treeSize: 2 };
    expect(() => readPage(readBlockSummary)(page, '')).toThrow('items[1].height is not an integer');
    expect(() => readTrip({ id: 'aa', legs: {} }, '')).toThrow('legs is not a list');
    expect(() => readTransaction([], '')).toThrow('answer is not an object');
  });

  test('refuses amounts that a number cannot hold', () => {
    const leg = {
      number: 1,
      evse: 'br-abc/x',
      window: { from: '', until: '' },
      priceCap: { amount: 2 ** 53, currency: 'BRL' },
    };
    expect(() => readTrip({ id: 'aa', legs: [leg] }, '')).toThrow('legs[0].priceCap.amount');
  });

  test('takes every outcome but APPLIED for a refusal', () => {
    expect(isRefused({ outcome: { code: 'WINDOW_TAKEN', reason: 'leg 2: taken' } })).toBe(true);
    expect(isRefused({ outcome: { code: 'ADDED_LATER', reason: null } })).toBe(true);
    expect(isRefused({ outcome: { code: 'APPLIED', reason: null } })).toBe(false);
  });
});

describe('asking', () => {
  test('encodes each id as one segment and leaves out empty filters', () => {
    expect(address(['trips', 'a/b?c'])).toBe('/v1/trips/a%2Fb%3Fc');
    expect(address(['blocks'], { limit: 5, before: null, kind: '', company: undefined })).toBe(
      '/v1/blocks?limit=5',
    );
  });

  test('a node that is down is unreachable', async () => {
    const api = new Api(() => Promise.reject(new TypeError('Failed to fetch')));
    expect((await failureOf(api.network())).failure).toBe('unreachable');
  });

  test('a gateway in front of a dead node is as good as none', async () => {
    const api = new Api(answering('', 502));
    expect((await failureOf(api.network())).failure).toBe('unreachable');
  });

  test('a problem document says why', async () => {
    const problem = { title: 'Not Found', status: 404, detail: 'No block 99 yet.' };
    const error = await failureOf(new Api(answering(JSON.stringify(problem), 404)).block('99'));
    expect(error).toMatchObject({
      failure: 'refused',
      status: 404,
      title: 'Not Found',
      message: 'No block 99 yet.',
    });
  });

  test('a refusal without a document keeps its status', async () => {
    expect(await failureOf(new Api(answering('<html>', 500)).network())).toMatchObject({
      status: 500,
    });
  });

  test('what is not JSON has another shape', async () => {
    expect((await failureOf(new Api(answering('<html>')).network())).failure).toBe('shape');
  });

  test('giving up by the reader is not a failure of the node', async () => {
    const stop = new AbortController();
    const api = new Api((_, init) => Promise.reject(init?.signal?.reason));
    stop.abort();
    const error = await api.network(stop.signal).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).not.toBeInstanceOf(ApiError);
  });
});
