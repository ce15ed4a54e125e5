import { describe, expect, test } from 'vitest';
import type { BlockSummary, Network, Page } from '../src/api';
import { Limits } from '../src/limits';
import { LiveBlocks, type Live, type Stream } from '../src/live';

/** A node of one entry and one seal per block: the seal of height h has log index 2h - 1. */
class FakeNode {
  id = 'one';
  up = true;
  height = 0;
  wallMs = 0;
  nowMs = () => this.wallMs;
  streams: FakeStream[] = [];
  timers: { atMs: number; run: () => void }[] = [];
  listReads = 0;

  block = (height: number): BlockSummary => ({
    height,
    digest: `${this.id}-${height}`,
    time: '',
    proposer: 'br-abc',
    ballot: 0,
    entries: 2,
    transactions: 1,
    refused: 0,
    stateRoot: '',
    transactionRoot: '',
    previous: '',
    signers: [],
  });

  network = (): Promise<Network> =>
    this.up
      ? Promise.resolve({
          id: this.id,
          name: 'test',
          protocolVersion: 1,
          height: this.height,
          treeSize: 2 * this.height,
          members: [],
          n: 3,
          f: 0,
          q: 2,
          crashesSurvived: 1,
          liarsToFork: 1,
          clock: { now: '', factor: 1, simulated: false },
          self: null,
          checkpoint: null,
        })
      : Promise.reject(new Error('down'));

  blocks = (query: { before?: string | null; limit: number }): Promise<Page<BlockSummary>> => {
    this.listReads++;
    const from = query.before ? Number(query.before) : this.height;
    const heights = Array.from({ length: Math.min(query.limit, from) }, (_, i) => from - i);
    const left = from - heights.length;
    return Promise.resolve({
      items: heights.map(this.block),
      next: left > 0 ? String(left) : null,
      treeSize: 2 * this.height,
    });
  };

  open = (url: string): Stream => {
    const stream = new FakeStream(Number(new URL(url, 'http://x').searchParams.get('from')));
    this.streams.push(stream);
    return stream;
  };

  after = (delayMs: number, run: () => void) => {
    const timer = { atMs: this.wallMs + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  };

  get stream(): FakeStream {
    return this.streams.at(-1)!;
  }

  /** Accepts the newest stream and sends what it asked for. */
  accept(): void {
    this.stream.onopen?.();
    for (let height = 1; height <= this.height; height++) {
      if (2 * height - 1 >= this.stream.from) {
        this.send(height);
      }
    }
  }

  send(height: number): void {
    this.stream.send('block', JSON.stringify(this.block(height)), String(2 * height - 1));
  }

  decide(): void {
    this.height++;
    this.send(this.height);
  }

  async pass(ms: number): Promise<void> {
    const until = this.wallMs + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > until) {
        break;
      }
      this.wallMs = next.atMs;
      this.timers = this.timers.filter((each) => each !== next);
      next.run();
      await settle();
    }
    this.wallMs = until;
  }
}

class FakeStream implements Stream {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  private readonly listeners = new Map<
    string,
    (event: { data: string; lastEventId: string }) => void
  >();

  constructor(readonly from: number) {}

  addEventListener(
    type: string,
    listener: (event: { data: string; lastEventId: string }) => void,
  ): void {
    this.listeners.set(type, listener);
  }

  send(type: string, data: string, lastEventId: string): void {
    this.listeners.get(type)?.({ data, lastEventId });
  }

  close(): void {
    this.closed = true;
  }
}

/** Lets every promise that is due come to its end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) {
    await Promise.resolve();
  }
}

async function started(height: number) {
  const node = new FakeNode();
  node.height = height;
  const blocks = new LiveBlocks(node);
  let live!: Live;
  blocks.subscribe((value) => (live = value));
  blocks.start();
  await settle();
  return {
    node,
    blocks,
    live: () => live,
    heights: () => live.blocks.map((block) => block.height),
  };
}

const downFrom = (height: number, count = height) =>
  Array.from({ length: count }, (_, i) => height - i);

describe('live blocks', () => {
  test('list and stream meet without a gap', async () => {
    const page = await started(3);
    expect(page.live().connection.state).toBe('connecting');
    page.node.height = 5;
    expect(page.node.stream.from).toBe(6);
    page.node.accept();
    expect(page.live().connection.state).toBe('live');
    expect(page.heights()).toEqual([5, 4, 3, 2, 1]);
  });

  test('a lost stream goes on after the last block seen', async () => {
    const page = await started(2);
    page.node.accept();
    page.node.decide();
    page.node.stream.onerror?.();
    expect(page.live().connection).toEqual({ state: 'reconnecting', sinceMs: 0 });
    page.node.height = 6;
    await page.node.pass(Limits.retryFirstMs);
    expect(page.node.stream.from).toBe(6);
    page.node.accept();
    expect(page.heights()).toEqual(downFrom(6));
    expect(page.live().connections).toBe(2);
    expect(page.node.listReads).toBe(1);
  });

  test('a killed node leaves its blocks readable and is offline since it was lost', async () => {
    const page = await started(2);
    page.node.accept();
    await page.node.pass(5_000);
    page.node.up = false;
    page.node.stream.onerror?.();
    await page.node.pass(60_000);
    expect(page.live().connection).toEqual({ state: 'offline', sinceMs: 5_000 });
    expect(page.heights()).toEqual([2, 1]);
    expect(page.live().network?.height).toBe(2);
    page.node.up = true;
    page.node.height = 4;
    await page.node.pass(Limits.retryLongestMs);
    page.node.accept();
    expect(page.live().connection.state).toBe('live');
    expect(page.heights()).toEqual([4, 3, 2, 1]);
  });

  test('waits double up to the longest and start anew after success', async () => {
    const page = await started(1);
    page.node.up = false;
    page.node.stream.onerror?.();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const waitMs = page.node.timers[0]!.atMs - page.node.wallMs;
      waits.push(waitMs);
      await page.node.pass(waitMs);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
    page.node.up = true;
    await page.node.pass(Limits.retryLongestMs);
    page.node.accept();
    page.node.stream.onerror?.();
    expect(page.node.timers[0]!.atMs - page.node.wallMs).toBe(Limits.retryFirstMs);
  });

  test('the reader can try at once', async () => {
    const page = await started(1);
    page.node.stream.onerror?.();
    page.blocks.retryNow();
    await settle();
    expect(page.node.streams.length).toBe(2);
    expect(page.node.timers).toEqual([]);
    page.blocks.retryNow();
    await settle();
    expect(page.node.streams.length).toBe(2);
  });

  test('a stream that skips blocks is filled from the list', async () => {
    const page = await started(2);
    page.node.accept();
    page.node.height = 120;
    page.node.send(120);
    expect(page.heights()).toEqual([120, 2, 1]);
    await settle();
    expect(page.heights()).toEqual(downFrom(120));
  });

  test('a block sent twice is kept once', async () => {
    const page = await started(2);
    page.node.accept();
    page.node.send(2);
    page.node.send(1);
    expect(page.heights()).toEqual([2, 1]);
  });

  test('memory is bounded however long the page is open', async () => {
    const page = await started(10);
    page.node.accept();
    for (let i = 0; i < Limits.liveBlocksMax + 50; i++) {
      page.node.decide();
    }
    expect(page.heights()).toEqual(downFrom(560, Limits.liveBlocksMax));
  });

  test('arrivals are those of the last minute', async () => {
    const page = await started(1);
    page.node.accept();
    page.node.decide();
    await page.node.pass(61_000);
    page.node.decide();
    page.node.decide();
    expect(page.live().arrivalsMs.length).toBe(2);
  });

  test('silence after a sign of life opens the stream anew', async () => {
    const page = await started(1);
    page.node.accept();
    await page.node.pass(10 * Limits.streamSilenceMs);
    expect(page.live().connection.state).toBe('live');
    page.node.stream.send('alive', '{}', '');
    const silent = page.node.stream;
    await page.node.pass(Limits.streamSilenceMs);
    expect(silent.closed).toBe(true);
    expect(page.live().connection.state).toBe('reconnecting');
  });

  test('the network is read again with the blocks that may have changed it', async () => {
    const page = await started(1);
    page.node.accept();
    page.node.decide();
    expect(page.live().network).toMatchObject({ height: 2, treeSize: 4, n: 3 });
    const three = page.node.network;
    page.node.network = async () => ({ ...(await three()), n: 4, f: 1 });
    await page.node.pass(Limits.networkEveryMs);
    page.node.decide();
    page.node.decide();
    await settle();
    expect(page.live().network).toMatchObject({ height: 4, treeSize: 8, n: 4, f: 1 });
  });

  test('another network behind the same address starts from nothing', async () => {
    const page = await started(5);
    page.node.accept();
    page.node.id = 'two';
    page.node.height = 2;
    page.node.stream.onerror?.();
    await page.node.pass(Limits.retryFirstMs);
    page.node.accept();
    expect(page.live().blocks.map((block) => block.digest)).toEqual(['two-2', 'two-1']);
  });

  test('an event of another shape leads to the list, not to a hole', async () => {
    const page = await started(2);
    page.node.accept();
    page.node.height = 3;
    page.node.stream.send('block', '{"height":"three"}', '5');
    await page.node.pass(Limits.retryFirstMs);
    page.node.accept();
    expect(page.heights()).toEqual([3, 2, 1]);
    expect(page.node.listReads).toBe(2);
  });

  test('a stopped page opens nothing more, and a started one goes on', async () => {
    const page = await started(2);
    page.node.accept();
    const stream = page.node.stream;
    page.blocks.stop();
    expect(stream.closed).toBe(true);
    stream.onerror?.();
    await page.node.pass(60_000);
    expect(page.node.streams.length).toBe(1);
    page.node.height = 3;
    page.blocks.start();
    await settle();
    page.node.accept();
    expect(page.heights()).toEqual([3, 2, 1]);
  });
});
