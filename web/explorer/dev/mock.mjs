// A node's public API with made-up data, for work on the page: the same data at every start.
// node dev/mock.mjs [--port 5199] [--static DIR] [--tick MS] [--empty]; --tick 0: no new blocks.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { brl, companies, hash, ids, locations } from './places.mjs';
import { evidences, note, policy, receipt } from './proofs.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '5199' },
    static: { type: 'string' },
    tick: { type: 'string', default: '1500' },
    empty: { type: 'boolean', default: false },
  },
});

const startMs = Date.parse('2026-11-23T11:00:00.000Z');
const iso = (ms) => new Date(ms).toISOString();
const started = Date.now();
const historyMs = 130 * 1500;
const nowMs = () => startMs + historyMs + (Date.now() - started);

const blocks = [];
const transactions = [];
const trips = [];
let treeSize = 0;

const settlements = options.empty
  ? []
  : [
      {
        period: '2026-11-23.1',
        state: 'FINAL',
        currency: 'BRL',
        from: iso(startMs),
        until: iso(startMs + 150_000),
        positions: [
          { company: ids[0], net: brl(-18_342) },
          { company: ids[1], net: brl(4_170) },
          { company: ids[2], net: brl(14_172) },
        ],
        payments: [
          {
            from: ids[0],
            to: ids[2],
            amount: brl(14_172),
            state: 'CONFIRMED',
            reference: hash('pix 1'),
          },
          {
            from: ids[0],
            to: ids[1],
            amount: brl(4_170),
            state: 'REPORTED',
            reference: hash('pix 2'),
          },
        ],
        transaction: hash('close 1'),
      },
    ];

function newTrip(id, height, time, refused) {
  const at = Date.parse(time);
  const states = ['CONFIRMED', 'HELD', 'FULFILLED', 'EXPIRED'];
  const state = refused ? 'REFUSED' : states[height % 4];
  trips.unshift({
    id,
    home: ids[height % 3],
    state: state === 'FULFILLED' ? 'COMPLETED' : state,
    proposedAt: time,
    decideBy: iso(at + 60_000),
    reason: refused ? 'WINDOW_TAKEN' : null,
    transaction: id,
    legs: [1, 2, 3].map((number) => {
      const place = locations[(height + number) % 6];
      const from = at + number * 5_400_000;
      const done = state === 'FULFILLED';
      return {
        number,
        evse: place.evses[0].id,
        owner: place.company,
        location: place.id,
        window: { from: iso(from), until: iso(from + 2_100_000) },
        energyWh: 31_000 + 2_500 * number,
        priceCap: brl(8_900 + 300 * number),
        estimatedPrice: brl(7_420 + 310 * number),
        state,
        transactions: refused ? [] : [hash(`answer ${id} ${number}`)],
        session: done
          ? {
              id: `${id}/${number}/1`,
              state: 'COMPLETED',
              startedAt: iso(from + 120_000),
              endedAt: iso(from + 1_800_000),
              energyWh: 30_480 + 2_500 * number,
              transaction: hash(`start ${id} ${number}`),
            }
          : null,
        cdr: done
          ? {
              id: `${id}/${number}/1`,
              total: brl(7_318 + 310 * number),
              energyWh: 30_480 + 2_500 * number,
              state: 'ACCEPTED',
              transaction: hash(`end ${id} ${number}`),
            }
          : null,
      };
    }),
  });
}

const kinds = [
  'ProposeTrip',
  'AnswerLeg',
  'AnswerLeg',
  'StartSession',
  'ReportMeter',
  'EndSession',
  'PutTariff',
];

function newTransaction(height, n, time) {
  const seed = height * 31 + n * 7;
  const kind = kinds[seed % kinds.length];
  const id = hash(`transaction ${height} ${n}`);
  const refused = seed % 11 === 3;
  const leg = `${trips[0]?.id ?? hash('none')}/1`;
  if (kind === 'ProposeTrip') {
    newTrip(id, height, time, refused);
  }
  const body =
    kind === 'ProposeTrip'
      ? {
          decideWithinSeconds: 60,
          class: 'NORMAL',
          legs: trips[0].legs.map(({ number, evse, window, energyWh, priceCap }) => ({
            number,
            evse,
            window,
            energyWh,
            priceCap,
            secretHash: hash(`secret ${id} ${number}`),
          })),
        }
      : kind === 'PutTariff'
        ? {
            id: `${ids[seed % 3]}/dc-fast`,
            currency: 'BRL',
            displayText: 'Tarifa <b>rápida</b> \u202egnp.exe',
            elements: [
              { priceComponents: [{ type: 'ENERGY', priceMillionths: 2_190_000, stepSize: 1 }] },
            ],
          }
        : { leg, answer: 'ACCEPTED', energyWh: 1000 + seed, attempt: 1 };
  return {
    id,
    height,
    index: treeSize++,
    company: ids[seed % 3],
    kind,
    lane: 0,
    number: transactions.length + 1,
    validUntil: iso(Date.parse(time) + 300_000),
    time,
    body,
    outcome: refused
      ? { code: 'WINDOW_TAKEN', reason: 'leg 2: 12:35 to 13:10 is taken' }
      : { code: 'APPLIED' },
    effects: refused ? [] : [{ kind: `${kind}Done`, body: { leg, amount: brl(7_300 + seed) } }],
  };
}

function decide(timeMs) {
  const height = blocks.length + 1;
  const time = iso(timeMs);
  const firstIndex = treeSize;
  const count = height === 1 ? 0 : 1 + ((height * 7) % 5) + (height % 13 === 0 ? 6 : 0);
  const own = Array.from({ length: count }, (_, n) => newTransaction(height, n, time));
  transactions.unshift(...own.toReversed());
  const log = own.map((transaction) => ({
    index: transaction.index,
    type: 'TRANSACTION',
    transaction,
  }));
  if (height % 9 === 0) {
    log.push({
      index: treeSize++,
      type: 'RULE',
      effects: [{ kind: 'TripExpired', body: { trip: trips[0]?.id ?? null } }],
    });
  }
  log.push({ index: treeSize++, type: 'SEAL', effects: [] });
  const previous = blocks.at(-1)?.digest ?? hash('genesis');
  const block = {
    height,
    digest: hash(`block ${height}`),
    time,
    proposer: ids[height % 3],
    ballot: height % 17 === 0 ? 1 : 0,
    entries: log.length,
    transactions: own.length,
    refused: own.filter((each) => each.outcome.code !== 'APPLIED').length,
    stateRoot: hash(`state ${height}`),
    transactionRoot: hash(`root ${height}`),
    previous,
    signers: height % 5 === 0 ? [ids[0], ids[2]] : ids,
    firstIndex,
    log,
  };
  block.seal = {
    version: 1,
    height,
    previous,
    first: firstIndex,
    entries: log.length,
    time,
    proposer: block.proposer,
    stateRoot: block.stateRoot,
  };
  blocks.push(block);
  return block;
}

const summaryOf = ({ firstIndex: _f, log: _l, seal: _s, ...summary }) => summary;

if (!options.empty) {
  for (let i = 0; i < 130; i++) {
    decide(startMs + i * 1500);
  }
}

const readers = new Set();
const sealIndex = (block) => block.firstIndex + block.entries - 1;
const event = (block) =>
  `id: ${sealIndex(block)}\nevent: block\ndata: ${JSON.stringify(summaryOf(block))}\n\n`;
const alive = () => `event: alive\ndata: ${JSON.stringify({ treeSize, now: iso(nowMs()) })}\n\n`;
const tickMs = Number(options.tick);
if (tickMs > 0) {
  setInterval(() => {
    const block = decide(nowMs());
    readers.forEach((reader) => reader.write(event(block)));
  }, tickMs);
}
setInterval(() => readers.forEach((reader) => reader.write(alive())), 10_000);

function network() {
  return {
    id: hash('genesis'),
    name: 'nordeste-demo',
    protocolVersion: 1,
    height: blocks.length,
    treeSize,
    members: ids,
    n: 3,
    f: 0,
    q: 2,
    crashesSurvived: 1,
    liarsToFork: 1,
    self: ids[0],
    clock: { now: iso(nowMs()), factor: 1, simulated: true },
  };
}

const page = (items, url) => {
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const from = Number(url.searchParams.get('before')?.replace('n', '') ?? items.length);
  const rest = items.slice(items.length - from);
  const left = from - limit;
  return { items: rest.slice(0, limit), next: left > 0 ? `n${left}` : null, treeSize };
};

function answer(url) {
  const [, version, name, ...parts] = url.pathname.split('/').map(decodeURIComponent);
  const id = parts.join('/');
  const find = (items, key) => items.find((item) => String(item[key]) === id);
  if (version !== 'v1') {
    return undefined;
  }
  switch (name) {
    case 'network':
      return network();
    case 'companies':
      return page(companies, url);
    case 'locations':
      return page(locations, url);
    case 'blocks':
      return id ? find(blocks, 'height') : page(blocks.map(summaryOf).toReversed(), url);
    case 'transactions': {
      const want = (key) => url.searchParams.get(key);
      return id
        ? find(transactions, 'id')
        : page(
            transactions.filter(
              (each) =>
                (!want('kind') || each.kind === want('kind')) &&
                (!want('company') || each.company === want('company')) &&
                (!want('outcome') ||
                  (want('outcome') === 'APPLIED') === (each.outcome.code === 'APPLIED')),
            ),
            url,
          );
    }
    case 'trips':
      return id ? find(trips, 'id') : page(trips, url);
    case 'evidence': {
      const known = options.empty ? [] : evidences;
      return id ? find(known, 'id') : { items: known, next: null, treeSize };
    }
    case 'settlements':
      return id ? find(settlements, 'period') : page(settlements, url);
    default:
      return undefined;
  }
}

/** The log's own texts; the newest receipt waits for one block. */
function text(path) {
  const [, id] = /^\/v1\/transactions\/(\w+)\/receipt$/.exec(path) ?? [];
  const entry = id && transactions.find((each) => each.id === id);
  if (path === '/checkpoint' && !options.empty) {
    return note(treeSize, nowMs());
  }
  if (path === '/v1/network/policy') {
    return policy;
  }
  return entry ? (entry.height === blocks.length ? null : receipt(entry, treeSize, nowMs())) : '';
}

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

async function file(path, response) {
  const name = normalize(path === '/' ? '/index.html' : path);
  try {
    const bytes = await readFile(join(options.static, name));
    response
      .writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' })
      .end(bytes);
    return true;
  } catch {
    return false;
  }
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/v1/events') {
    const last = request.headers['last-event-id'];
    const from =
      last === undefined ? Number(url.searchParams.get('from') ?? treeSize) : Number(last) + 1;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(alive());
    blocks
      .filter((block) => sealIndex(block) >= from)
      .forEach((block) => response.write(event(block)));
    readers.add(response);
    request.on('close', () => readers.delete(response));
    return;
  }
  const log = text(url.pathname);
  if (log !== '') {
    response
      .writeHead(log === null ? 202 : 200, { 'content-type': 'text/plain', 'retry-after': '1' })
      .end(log ?? '');
    return;
  }
  const found = answer(url);
  if (found !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  } else if (!options.static || !(await file(url.pathname, response))) {
    response
      .writeHead(404, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }));
  }
}).listen(Number(options.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${options.port}/`);
});
