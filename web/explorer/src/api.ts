// The one place that talks to the node. Shapes: docs/http-api.md. Fields that are not known are
// ignored; of those that are, only what identifies a thing is demanded.
import { Limits } from './limits';
import {
  readHead, readPolicy, readReceipt, type Head, type Policy, type Receipt,
} from './proofs';
import {
  any, ApiError, integer, list, maybe, object, or, record, text, truth, type Read,
} from './reading';

export { ApiError } from './reading';

export interface Money { amount: number; currency: string }
export interface Window { from: string; until: string }
export interface Effect { kind: string; body: unknown }
export interface Outcome { code: string; reason: string | null }

export interface Network {
  id: string; name: string; protocolVersion: number; height: number; treeSize: number;
  members: string[]; n: number; f: number; q: number;
  crashesSurvived: number; liarsToFork: number;
  clock: { now: string; factor: number; simulated: boolean };
  self: string | null; checkpoint: string | null;
}

export interface BlockSummary {
  height: number; digest: string; time: string; proposer: string; ballot: number;
  entries: number; transactions: number; refused: number;
  stateRoot: string; transactionRoot: string; previous: string; signers: string[];
}

export interface Entry {
  index: number; type: string; transaction: Transaction | null; effects: Effect[];
}

export interface Block extends BlockSummary {
  firstIndex: number | null; log: Entry[]; seal: unknown;
}

export interface Transaction {
  id: string; height: number; index: number; company: string; kind: string;
  lane: number | null; number: number | null; validUntil: string | null;
  outcome: Outcome; time: string; body: unknown; effects: Effect[];
}

export interface Session {
  id: string; state: string; startedAt: string | null; endedAt: string | null;
  energyWh: number | null; transaction: string | null;
}

export interface Cdr {
  id: string; total: Money | null; energyWh: number | null; state: string | null;
  transaction: string | null;
}

export interface Leg {
  number: number; evse: string; owner: string; location: string | null; window: Window;
  energyWh: number | null; priceCap: Money | null; estimatedPrice: Money | null; state: string;
  transactions: string[]; session: Session | null; cdr: Cdr | null;
}

export interface Trip {
  id: string; home: string; state: string; proposedAt: string; decideBy: string | null;
  reason: string | null; legs: Leg[]; transaction: string;
}

export interface Company {
  id: string; name: string; identityKey: string; votingKey: string; tlsKeyHash: string;
  locations: number; evses: number; member: boolean;
  legsAccepted: number | null; legsRefused: number | null;
}

export interface Connector { standard: string; maxPowerW: number | null }
export interface Evse { id: string; status: string | null; connectors: Connector[] }
export interface Location {
  id: string; company: string; name: string; city: string | null; address: string | null;
  evses: Evse[];
}

export interface Position { company: string; net: Money }
export interface Payment {
  from: string; to: string; amount: Money; state: string; reference: string | null;
}
export interface Settlement {
  period: string; state: string; currency: string; from: string | null; until: string | null;
  positions: Position[]; payments: Payment[]; transaction: string | null;
}

export interface Evidence {
  id: string; guilty: string; kind: string; height: number; ballot: number;
  votingKey: string | null; identityKey: string | null;
  reportedBy: string; at: string; evidence: unknown;
}

/** The newest cosigned head; null: the node has none yet. */
export interface Checkpoint { head: Head | null; policy: Policy | null }

/** A receipt, or when to ask again: the entry is there, and no cosigned head holds it yet. */
export type ReceiptAnswer =
  | { state: 'proven'; receipt: Receipt; policy: Policy | null }
  | { state: 'waiting'; retryMs: number };

export interface Page<T> { items: T[]; next: string | null; treeSize: number }

const money = record<Money>({ amount: integer, currency: text });
const window = record<Window>({ from: text, until: text });
const effect = record<Effect>({ kind: text, body: any });
const outcome = record<Outcome>({ code: text, reason: maybe(text) });

const readNetwork = record<Network>({
  id: text, name: text, protocolVersion: or(integer, 1), height: integer, treeSize: integer,
  members: or(list(text), []), n: integer, f: integer, q: integer,
  crashesSurvived: integer, liarsToFork: integer,
  clock: record({ now: text, factor: or(integer, 1), simulated: truth }),
  self: maybe(text), checkpoint: maybe(text),
});

const summaryFields: { [K in keyof BlockSummary]: Read<BlockSummary[K]> } = {
  height: integer, digest: text, time: text, proposer: or(text, ''), ballot: or(integer, 0),
  entries: or(integer, 0), transactions: or(integer, 0), refused: or(integer, 0),
  stateRoot: or(text, ''), transactionRoot: or(text, ''), previous: or(text, ''),
  signers: or(list(text), []),
};

export const readBlockSummary = record<BlockSummary>(summaryFields);

export const readTransaction = record<Transaction>({
  id: text, height: integer, index: integer, company: or(text, ''), kind: text,
  lane: maybe(integer), number: maybe(integer), validUntil: maybe(text),
  outcome, time: or(text, ''), body: any, effects: or(list(effect), []),
});

const entry = record<Entry>({
  index: integer, type: text, transaction: maybe(readTransaction), effects: or(list(effect), []),
});

export const readBlock = record<Block>({
  ...summaryFields, firstIndex: maybe(integer), log: or(list(entry), []), seal: any,
});

const session = record<Session>({
  id: text, state: or(text, ''), startedAt: maybe(text), endedAt: maybe(text),
  energyWh: maybe(integer), transaction: maybe(text),
});

const cdr = record<Cdr>({
  id: text, total: maybe(money), energyWh: maybe(integer), state: maybe(text),
  transaction: maybe(text),
});

const leg = record<Leg>({
  number: integer, evse: text, owner: or(text, ''), location: maybe(text), window,
  energyWh: maybe(integer), priceCap: maybe(money), estimatedPrice: maybe(money),
  state: or(text, ''), transactions: or(list(text), []), session: maybe(session), cdr: maybe(cdr),
});

export const readTrip = record<Trip>({
  id: text, home: or(text, ''), state: or(text, ''), proposedAt: or(text, ''),
  decideBy: maybe(text), reason: maybe(text), legs: or(list(leg), []), transaction: or(text, ''),
});

export const readCompany = record<Company>({
  id: text, name: or(text, ''), identityKey: or(text, ''), votingKey: or(text, ''),
  tlsKeyHash: or(text, ''), locations: or(integer, 0), evses: or(integer, 0), member: truth,
  legsAccepted: maybe(integer), legsRefused: maybe(integer),
});

const connector = record<Connector>({ standard: or(text, ''), maxPowerW: maybe(integer) });
const evse = record<Evse>({ id: text, status: maybe(text), connectors: or(list(connector), []) });

const location = record<Location>({
  id: text, company: or(text, ''), name: or(text, ''), city: maybe(text), address: maybe(text),
  evses: or(list(evse), []),
});

const payment = record<Payment>({
  from: text, to: text, amount: money, state: or(text, ''), reference: maybe(text),
});

export const readSettlement = record<Settlement>({
  period: text, state: or(text, ''), currency: or(text, ''), from: maybe(text), until: maybe(text),
  positions: or(list(record<Position>({ company: text, net: money })), []),
  payments: or(list(payment), []), transaction: maybe(text),
});

export const readEvidence = record<Evidence>({
  id: text, guilty: text, kind: text, height: or(integer, 0), ballot: or(integer, 0),
  votingKey: maybe(text), identityKey: maybe(text), reportedBy: or(text, ''), at: or(text, ''),
  evidence: any,
});

export function readPage<T>(item: Read<T>): Read<Page<T>> {
  return record<Page<T>>({ items: list(item), next: maybe(text), treeSize: or(integer, 0) });
}

// Requests.

export interface ListQuery {
  before?: string | null;
  limit?: number;
  kind?: string;
  outcome?: string;
  company?: string;
}

/** A path with its query; empty values are left out. Each part of a path is one id. */
export function address(parts: string[], query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, String(value));
    }
  }
  const tail = search.toString();
  return `/v1/${parts.map(encodeURIComponent).join('/')}${tail ? `?${tail}` : ''}`;
}

/** What a reader may download, as the node serves it. */
export const paths = {
  checkpoint: '/checkpoint',
  policy: address(['network', 'policy']),
  receipt: (id: string) => address(['transactions', id, 'receipt']),
  evidence: (id: string) => address(['evidence', id]),
};

async function refusal(response: Response): Promise<ApiError> {
  let title = response.statusText || `HTTP ${response.status}`;
  let detail = '';
  try {
    const problem = object(await response.json(), '');
    title = typeof problem.title === 'string' ? problem.title : title;
    detail = typeof problem.detail === 'string' ? problem.detail : '';
  } catch {
    // A refusal without a problem document still has its status.
  }
  // A gateway that answers for a dead node is as good as no node.
  const failure = response.status === 502 || response.status === 504 ? 'unreachable' : 'refused';
  return new ApiError(failure, detail || title, response.status, title);
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export class Api {
  constructor(private readonly fetch: Fetch = (input, init) => globalThis.fetch(input, init)) {}

  network(signal?: AbortSignal) { return this.get(address(['network']), readNetwork, signal); }

  companies(signal?: AbortSignal) {
    return this.get(address(['companies']), readPage(readCompany), signal);
  }

  locations(signal?: AbortSignal) {
    return this.get(address(['locations']), readPage(location), signal);
  }

  blocks(query: ListQuery, signal?: AbortSignal) {
    return this.get(address(['blocks'], query), readPage(readBlockSummary), signal);
  }

  block(height: string, signal?: AbortSignal) {
    return this.get(address(['blocks', height]), readBlock, signal);
  }

  transactions(query: ListQuery, signal?: AbortSignal) {
    return this.get(address(['transactions'], query), readPage(readTransaction), signal);
  }

  transaction(id: string, signal?: AbortSignal) {
    return this.get(address(['transactions', id]), readTransaction, signal);
  }

  trips(query: ListQuery, signal?: AbortSignal) {
    return this.get(address(['trips'], query), readPage(readTrip), signal);
  }

  trip(id: string, signal?: AbortSignal) {
    return this.get(address(['trips', id]), readTrip, signal);
  }

  settlements(query: ListQuery, signal?: AbortSignal) {
    return this.get(address(['settlements'], query), readPage(readSettlement), signal);
  }

  settlement(period: string, signal?: AbortSignal) {
    return this.get(address(['settlements', period]), readSettlement, signal);
  }

  evidences(signal?: AbortSignal) {
    return this.get(address(['evidence']), readPage(readEvidence), signal);
  }

  evidence(id: string, signal?: AbortSignal) {
    return this.get(address(['evidence', id]), readEvidence, signal);
  }

  /** The newest cosigned head and the policy beside it. */
  async checkpoint(signal?: AbortSignal): Promise<Checkpoint> {
    const [head, policy] = await Promise.all([
      this.log(paths.checkpoint, readHead, signal).catch((cause: unknown) => {
        // Before the first cosigned head there is none, and that is no failure.
        if (cause instanceof ApiError && cause.status === 503) {
          return null;
        }
        throw cause;
      }),
      this.policy(signal),
    ]);
    return { head, policy };
  }

  async receipt(id: string, signal?: AbortSignal): Promise<ReceiptAnswer> {
    const url = paths.receipt(id);
    const response = await this.request(url, '*/*', signal);
    if (response.status === 202) {
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      const retryMs = Math.min(
        Math.max(seconds * 1000 || 0, Limits.proofRetryMs),
        Limits.proofRetryLongestMs,
      );
      return { state: 'waiting', retryMs };
    }
    const receipt = await this.text(url, response, readReceipt, signal);
    return { state: 'proven', receipt, policy: await this.policy(signal) };
  }

  /** A policy that is not there, or that this page cannot read, leaves only the count unsaid. */
  private async policy(signal?: AbortSignal): Promise<Policy | null> {
    try {
      return await this.log(paths.policy, readPolicy, signal);
    } catch (cause) {
      if (cause instanceof ApiError && cause.failure !== 'unreachable') {
        return null;
      }
      throw cause;
    }
  }

  private async log<T>(
    url: string, read: (text: string) => T, signal?: AbortSignal,
  ): Promise<T> {
    return this.text(url, await this.request(url, 'text/plain', signal), read, signal);
  }

  private async text<T>(
    url: string, response: Response, read: (text: string) => T, signal?: AbortSignal,
  ): Promise<T> {
    let body: string;
    try {
      body = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ApiError('unreachable', String(cause));
    }
    try {
      return read(body);
    } catch (cause) {
      throw new ApiError('shape', `${url}: ${cause instanceof Error ? cause.message : cause}`);
    }
  }

  private async get<T>(url: string, read: Read<T>, signal?: AbortSignal): Promise<T> {
    const response = await this.request(url, 'application/json', signal);
    let body: unknown;
    try {
      body = await response.json();
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause instanceof SyntaxError
        ? new ApiError('shape', `${url} is not JSON`)
        : new ApiError('unreachable', String(cause));
    }
    return read(body, '');
  }

  private async request(url: string, accept: string, signal?: AbortSignal): Promise<Response> {
    const limit = AbortSignal.timeout(Limits.requestTimeoutMs);
    let response: Response;
    try {
      response = await this.fetch(url, {
        headers: { accept },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ApiError('unreachable', cause instanceof Error ? cause.message : String(cause));
    }
    if (!response.ok) {
      throw await refusal(response);
    }
    return response;
  }
}

export function isRefused(transaction: { outcome: Outcome }): boolean {
  return transaction.outcome.code !== 'APPLIED';
}
