// The lists of the page: how each is read and under which names its rows are remembered, so that a
// thing seen in a list can be opened while the node is away.
import type { BlockSummary, Evidence, ListQuery, Page, Settlement, Transaction, Trip } from './api';
import { Limits } from './limits';
import { api } from './world';

export interface List<T> {
  key: string;
  request(before: string | null, signal?: AbortSignal): Promise<Page<T>>;
  /** The key of one row that is whole; absent where rows are only summaries. */
  each?(item: T): string;
}

const limit = Limits.listPageSize;

export const keys = {
  block: (height: string) => `block ${height}`,
  transaction: (id: string) => `transaction ${id}`,
  trip: (id: string) => `trip ${id}`,
  settlement: (period: string) => `settlement ${period}`,
  evidence: (id: string) => `evidence ${id}`,
  receipt: (id: string) => `receipt ${id}`,
  evidences: 'evidences',
  checkpoint: 'checkpoint',
  companies: 'companies',
  locations: 'locations',
};

export const blockList: List<BlockSummary> = {
  key: 'blocks',
  request: (before, signal) => api.blocks({ before, limit }, signal),
};

export function transactionList(
  filter: Required<Pick<ListQuery, 'kind' | 'outcome' | 'company'>>,
): List<Transaction> {
  return {
    key: `transactions ${filter.kind} ${filter.outcome} ${filter.company}`,
    request: (before, signal) => api.transactions({ before, limit, ...filter }, signal),
    each: (transaction) => keys.transaction(transaction.id),
  };
}

export const tripList: List<Trip> = {
  key: 'trips',
  request: (before, signal) => api.trips({ before, limit }, signal),
  each: (trip) => keys.trip(trip.id),
};

export const settlementList: List<Settlement> = {
  key: 'settlements',
  request: (before, signal) => api.settlements({ before, limit }, signal),
  each: (settlement) => keys.settlement(settlement.period),
};

/** Not cut by the node, so it has no page after the first. */
export const evidenceList: List<Evidence> = {
  key: keys.evidences,
  request: (_, signal) => api.evidences(signal),
  each: (evidence) => keys.evidence(evidence.id),
};
