// The newest blocks, followed over server-sent events. Framework-free: it is a Svelte store by
// having `subscribe`, and the tests give it their own stream, clock and timers.
import { readBlockSummary, type BlockSummary, type Network, type Page } from './api';
import { Limits } from './limits';

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; sinceMs: number }
  | { state: 'offline'; sinceMs: number };

export interface Live {
  connection: Connection;
  network: Network | null;
  /** Wall time at which `network` was heard. */
  networkAtMs: number;
  /** Newest first, no height twice, at most `Limits.liveBlocksMax`. */
  blocks: readonly BlockSummary[];
  /** Wall times at which blocks came over the stream during the last minute. */
  arrivalsMs: readonly number[];
  /** Wall time since which arrivals are counted; null while not live. */
  watchingSinceMs: number | null;
  /** Grows with each connection made: what was read before it may be stale. */
  connections: number;
}

export interface Stream {
  onopen: (() => void) | null;
  onerror: (() => void) | null;
  addEventListener(
    type: string,
    listener: (event: { data: string; lastEventId: string }) => void,
  ): void;
  close(): void;
}

export interface LiveWorld {
  network(): Promise<Network>;
  blocks(query: { before?: string | null; limit: number }): Promise<Page<BlockSummary>>;
  open(url: string): Stream;
  nowMs(): number;
  /** Runs once after the delay; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

const minuteMs = 60_000;

export class LiveBlocks {
  private live: Live = {
    connection: { state: 'connecting' },
    network: null,
    networkAtMs: 0,
    blocks: [],
    arrivalsMs: [],
    watchingSinceMs: null,
    connections: 0,
  };
  private readonly readers = new Set<(live: Live) => void>();
  private stream: Stream | null = null;
  private cancelRetry = () => {};
  private cancelSilence = () => {};
  private attempts = 0;
  /** Log index of the newest seal that has arrived; the stream goes on after it. */
  private lastIndex = -1;
  // An attempt's late answers are ignored once another attempt has begun.
  private attempt = 0;
  private stopped = true;
  private filling = false;
  private networkReadMs = 0;
  /** Whether the list of blocks reaches up to `lastIndex` without a gap. */
  private listed = false;

  constructor(private readonly world: LiveWorld) {}

  subscribe(reader: (live: Live) => void): () => void {
    this.readers.add(reader);
    reader(this.live);
    return () => this.readers.delete(reader);
  }

  start(): void {
    if (this.stopped) {
      this.stopped = false;
      void this.connect();
    }
  }

  stop(): void {
    this.stopped = true;
    this.drop();
    this.cancelRetry();
  }

  /** Tries at once instead of after the wait: the reader asked for it, or the network came back. */
  retryNow(): void {
    if (!this.stopped && this.stream === null) {
      this.cancelRetry();
      void this.connect();
    }
  }

  private set(change: Partial<Live>): void {
    this.live = { ...this.live, ...change };
    for (const reader of this.readers) {
      reader(this.live);
    }
  }

  private async connect(): Promise<void> {
    const attempt = ++this.attempt;
    try {
      const network = await this.world.network();
      if (attempt !== this.attempt || this.stopped) {
        return;
      }
      this.adopt(network);
      if (!this.listed) {
        const page = await this.world.blocks({ limit: Limits.livePageSize });
        if (attempt !== this.attempt || this.stopped) {
          return;
        }
        this.adoptPage(page);
      }
      this.listen(attempt, this.lastIndex + 1);
    } catch {
      if (attempt === this.attempt && !this.stopped) {
        this.lost();
      }
    }
  }

  /** A node may come back with another network, or with less of it than we saw: then begin anew. */
  private adopt(network: Network): void {
    const before = this.live.network;
    const other = before !== null && before.id !== network.id;
    if (other || network.treeSize <= this.lastIndex) {
      this.lastIndex = -1;
      this.listed = false;
      this.set({ blocks: [], arrivalsMs: [] });
    }
    this.networkReadMs = this.world.nowMs();
    this.set({ network, networkAtMs: this.networkReadMs });
  }

  private adoptPage(page: Page<BlockSummary>): void {
    const newest = this.live.blocks[0]?.height;
    const lowest = page.items.at(-1)?.height;
    this.merge(page.items);
    // The page and the stream meet at the tree size: no block lies between them.
    this.lastIndex = page.treeSize - 1;
    this.listed = true;
    if (newest !== undefined && lowest !== undefined && lowest > newest + 1) {
      void this.fill(newest);
    }
  }

  private listen(attempt: number, from: number): void {
    const stream = this.world.open(`/v1/events?from=${from}`);
    this.stream = stream;
    const current = () => attempt === this.attempt && !this.stopped;
    stream.onopen = () => {
      if (current()) {
        this.attempts = 0;
        this.set({
          connection: { state: 'live' },
          connections: this.live.connections + 1,
          arrivalsMs: [],
          watchingSinceMs: this.world.nowMs(),
        });
      }
    };
    stream.onerror = () => {
      if (current()) {
        this.lost();
      }
    };
    stream.addEventListener('block', (event) => {
      if (current()) {
        this.receive(event.data, event.lastEventId);
      }
    });
    stream.addEventListener('alive', () => {
      if (current()) {
        this.watchSilence();
      }
    });
  }

  private receive(data: string, id: string): void {
    let block: BlockSummary;
    try {
      block = readBlockSummary(JSON.parse(data), 'block');
    } catch {
      // An event of a shape we do not know is not passed over: the list is read anew.
      this.listed = false;
      this.lost();
      return;
    }
    if (/^\d{1,15}$/.test(id)) {
      this.lastIndex = Math.max(this.lastIndex, Number(id));
    }
    const newest = this.live.blocks[0]?.height;
    const nowMs = this.world.nowMs();
    this.merge([block]);
    const network = this.live.network;
    this.set({
      network: network && { ...network, height: block.height, treeSize: this.lastIndex + 1 },
      arrivalsMs: [...this.live.arrivalsMs, nowMs].filter((at) => at > nowMs - minuteMs),
    });
    if (newest !== undefined && block.height > newest + 1) {
      void this.fill(newest);
    }
    if (nowMs - this.networkReadMs >= Limits.networkEveryMs) {
      void this.refreshNetwork(nowMs);
    }
  }

  /** A block may change the members, the rules or the speed of the ledger clock. */
  private async refreshNetwork(nowMs: number): Promise<void> {
    this.networkReadMs = nowMs;
    try {
      const network = await this.world.network();
      const before = this.live.network;
      if (!this.stopped && network.id === before?.id) {
        // Blocks may have come while the answer was on its way.
        const height = Math.max(network.height, before.height);
        const treeSize = Math.max(network.treeSize, before.treeSize);
        this.set({ network: { ...network, height, treeSize }, networkAtMs: this.world.nowMs() });
      }
    } catch {
      // The stream tells whether the node is there; the next block asks again.
    }
  }

  /** Reads what the stream left out, down to the height we have, or to as much as we keep. */
  private async fill(downTo: number): Promise<void> {
    if (this.filling) {
      return;
    }
    this.filling = true;
    try {
      let before: string | null = null;
      for (let read = 0; read < Limits.liveBlocksMax;) {
        const page: Page<BlockSummary> = await this.world.blocks({
          before,
          limit: Limits.livePageSize,
        });
        this.merge(page.items);
        read += page.items.length;
        before = page.next;
        const lowest = page.items.at(-1)?.height ?? 0;
        if (before === null || lowest <= downTo + 1) {
          break;
        }
      }
    } catch {
      // What is missing stays out of the list only until the next connection.
      this.listed = false;
    } finally {
      this.filling = false;
    }
  }

  private merge(blocks: readonly BlockSummary[]): void {
    const byHeight = new Map(this.live.blocks.map((block) => [block.height, block]));
    for (const block of blocks) {
      byHeight.set(block.height, block);
    }
    const merged = [...byHeight.values()].sort((a, b) => b.height - a.height);
    this.set({ blocks: merged.slice(0, Limits.liveBlocksMax) });
  }

  private watchSilence(): void {
    this.cancelSilence();
    this.cancelSilence = this.world.after(Limits.streamSilenceMs, () => this.lost());
  }

  private drop(): void {
    this.attempt++;
    this.cancelSilence();
    this.cancelSilence = () => {};
    this.stream?.close();
    this.stream = null;
  }

  private lost(): void {
    this.drop();
    this.attempts++;
    const before = this.live.connection;
    const sinceMs = 'sinceMs' in before ? before.sinceMs : this.world.nowMs();
    const state = this.attempts >= Limits.attemptsUntilOffline ? 'offline' : 'reconnecting';
    this.set({ connection: { state, sinceMs }, arrivalsMs: [], watchingSinceMs: null });
    const delayMs = Math.min(Limits.retryFirstMs * 2 ** (this.attempts - 1), Limits.retryLongestMs);
    this.cancelRetry();
    this.cancelRetry = this.world.after(delayMs, () => void this.connect());
  }
}
