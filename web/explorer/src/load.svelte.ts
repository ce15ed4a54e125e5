// Reading from the node into components. What was read once is remembered, so that every view that
// has been open stays readable while the node is away.
import { get } from 'svelte/store';
import { ApiError, type Page } from './api';
import { Limits } from './limits';
import {
  blockList,
  evidenceList,
  keys,
  settlementList,
  transactionList,
  tripList,
  type List,
} from './lists';
import { api, live } from './world';

const remembered = new Map<string, { data: unknown; atMs: number }>();

function remember(key: string, data: unknown): void {
  remembered.delete(key);
  remembered.set(key, { data, atMs: Date.now() });
  for (const oldest of remembered.keys()) {
    if (remembered.size <= Limits.rememberedMax) {
      break;
    }
    remembered.delete(oldest);
  }
}

function rememberRows<T>(list: List<T>, rows: readonly T[]): void {
  const each = list.each;
  if (each !== undefined) {
    rows.forEach((row) => remember(each(row), row));
  }
}

/** Reads the first page of every section, so that each can be opened once the node is away. */
export async function readAhead(): Promise<void> {
  const list = async <T>(each: List<T>) => {
    const page = await each.request(null);
    rememberRows(each, page.items);
    remember(each.key, page);
  };
  await Promise.allSettled([
    list(blockList),
    list(transactionList({ kind: '', outcome: '', company: '' })),
    list(tripList),
    list(settlementList),
    list(evidenceList),
    api.companies().then((page) => remember(keys.companies, page)),
    api.locations().then((page) => remember(keys.locations, page)),
  ]);
}

export interface Loaded<T> {
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly loading: boolean;
  /** Wall time of `data`. */
  readonly atMs: number;
  again(): void;
}

interface Options {
  /** Read again when the chain grows. */
  follow?: boolean;
}

function asApiError(cause: unknown): ApiError {
  return cause instanceof ApiError ? cause : new ApiError('shape', String(cause));
}

/** Reads on mount, when the key changes, when the node comes back and, if asked, with the chain. */
function follow(key: () => string, chases: () => boolean, read: (key: string) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = 0;
  let seen = '';
  const now = (name: string) => {
    lastMs = Date.now();
    read(name);
  };
  $effect(() => {
    const name = key();
    now(name);
    const tip = () => {
      const { blocks, connections } = get(live);
      return `${connections} ${chases() ? (blocks[0]?.height ?? 0) : ''}`;
    };
    seen = tip();
    const stop = live.subscribe(() => {
      if (tip() !== seen) {
        seen = tip();
        clearTimeout(timer);
        const waitMs = Math.max(0, lastMs + Limits.refreshEveryMs - Date.now());
        timer = setTimeout(() => now(name), waitMs);
      }
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  });
}

/** One thing by its key. */
export function load<T>(
  key: () => string,
  request: (signal: AbortSignal) => Promise<T>,
  options: Options = {},
): Loaded<T> {
  let data = $state.raw<T | null>(null);
  let error = $state.raw<ApiError | null>(null);
  let loading = $state(true);
  let atMs = $state(0);
  let current = '';
  let missing = false;
  let abort = new AbortController();

  const read = async (name: string) => {
    abort.abort();
    const mine = (abort = new AbortController());
    if (name !== current) {
      current = name;
      const kept = remembered.get(name);
      data = (kept?.data as T | undefined) ?? null;
      atMs = kept?.atMs ?? 0;
      error = null;
    }
    loading = true;
    try {
      const fresh = await request(mine.signal);
      if (!mine.signal.aborted) {
        remember(name, fresh);
        data = fresh;
        atMs = Date.now();
        error = null;
        missing = false;
      }
    } catch (cause) {
      if (!mine.signal.aborted) {
        error = asApiError(cause);
        missing = error.status === 404;
      }
    } finally {
      if (!mine.signal.aborted) {
        loading = false;
      }
    }
  };

  // What is not on the ledger yet may be with the next block.
  const chases = () => options.follow === true || missing;
  follow(key, chases, (name) => void read(name));
  $effect(() => () => abort.abort());
  return {
    get data() {
      return data;
    },
    get error() {
      return error;
    },
    get loading() {
      return loading;
    },
    get atMs() {
      return atMs;
    },
    again: () => void read(current),
  };
}

export interface LoadedList<T> extends Loaded<T[]> {
  readonly hasMore: boolean;
  readonly full: boolean;
  /** Whether only the first page is shown; it alone is kept fresh. */
  readonly atTop: boolean;
  more(): void;
  top(): void;
}

/** A list page by page. While only the first page is shown it follows the chain. */
export function loadList<T>(list: () => List<T>): LoadedList<T> {
  const key = () => list().key;
  let older = $state.raw<T[]>([]);
  let next = $state.raw<string | null>(null);
  let pages = $state(1);
  let error = $state.raw<ApiError | null>(null);
  let loadingMore = $state(false);
  let abort = new AbortController();
  let shown = $state.raw<Page<T> | null>(null);
  let shownKey = '';

  const first = load<Page<T>>(
    key,
    async (signal) => {
      const asked = list();
      const page = await asked.request(null, signal);
      rememberRows(asked, page.items);
      return page;
    },
    { follow: true },
  );

  const reset = () => {
    abort.abort();
    older = [];
    pages = 1;
    error = null;
    loadingMore = false;
  };

  $effect(() => {
    const name = key();
    const page = first.data;
    if (name !== shownKey) {
      shownKey = name;
      reset();
      shown = page;
      next = page?.next ?? null;
    } else if (pages === 1 && !loadingMore) {
      // Older pages hang on the first one's cursor, so it stands still while they are shown.
      shown = page;
      next = page?.next ?? null;
    }
  });
  $effect(() => () => abort.abort());

  const more = async () => {
    if (next === null || loadingMore) {
      return;
    }
    const mine = (abort = new AbortController());
    loadingMore = true;
    try {
      const asked = list();
      const page = await asked.request(next, mine.signal);
      if (!mine.signal.aborted) {
        rememberRows(asked, page.items);
        older = [...older, ...page.items];
        next = page.next;
        pages++;
        error = null;
      }
    } catch (cause) {
      if (!mine.signal.aborted) {
        error = asApiError(cause);
      }
    } finally {
      if (!mine.signal.aborted) {
        loadingMore = false;
      }
    }
  };

  const rows = $derived(shown === null ? null : [...shown.items, ...older]);
  return {
    get data() {
      return rows;
    },
    get error() {
      return error ?? first.error;
    },
    get loading() {
      return first.loading || loadingMore;
    },
    get atMs() {
      return first.atMs;
    },
    get hasMore() {
      return next !== null && (rows?.length ?? 0) < Limits.listRowsMax;
    },
    get full() {
      return (rows?.length ?? 0) >= Limits.listRowsMax;
    },
    get atTop() {
      return pages === 1;
    },
    more: () => void more(),
    top: () => {
      reset();
      shown = first.data;
      next = first.data?.next ?? null;
      first.again();
    },
    again: () => (error === null ? first.again() : void more()),
  };
}
