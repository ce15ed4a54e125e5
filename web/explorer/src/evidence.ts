// Evidence in words (spec/consensus.md, Evidence): one sentence for each kind.
import type { Evidence } from './api';
import type { Key } from './i18n/translate';

interface Kind { code: string; says: Key }

const kinds: Record<string, Kind> = {
  TWO_PROPOSALS: { code: 'E1', says: 'evidence.twoProposals' },
  TWO_ENDORSEMENTS: { code: 'E2', says: 'evidence.twoEndorsements' },
  TWO_ACCEPTS: { code: 'E3', says: 'evidence.twoAccepts' },
  HIDDEN_LOCK: { code: 'E4', says: 'evidence.hiddenLock' },
  TWO_HEADS: { code: 'E5', says: 'evidence.twoHeads' },
};

/** Code and sentence of a kind; null: a kind that came later. */
export function kindOf(kind: string): Kind | null {
  return Object.hasOwn(kinds, kind) ? (kinds[kind] ?? null) : null;
}

/** Its height counts entries of the log instead of blocks, and it has no ballot. */
export function isOfHeads(evidence: { kind: string }): boolean {
  return evidence.kind === 'TWO_HEADS';
}

/**
 * The name under which the node offers the file. It stands in a command that a reader copies into a
 * shell, so an id of any other form than the known one is not put into it.
 */
export function fileName(id: string): string {
  return /^[a-z]{2}-[a-z0-9]{3}(\.\d{1,16}){3}$/.test(id) ? `evidence-${id}.json` : 'FILE';
}

/** The companies that are guilty, each once, with the first evidence against it. */
export function guiltyOf(items: readonly Evidence[]): Map<string, Evidence> {
  const guilty = new Map<string, Evidence>();
  for (const item of items) {
    if (!guilty.has(item.guilty)) {
      guilty.set(item.guilty, item);
    }
  }
  return guilty;
}
