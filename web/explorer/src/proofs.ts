// What the log's own texts say: checkpoint, policy, receipt (C2SP). They are read here to be shown.
// Nothing is verified: who must not trust this page's node checks the files with `tomada audit`.

export interface Cosignature { company: string; at: string }
export interface Head { origin: string; size: number; root: string; cosignatures: Cosignature[] }
/** Whose cosignatures count, and how many of them are needed. */
export interface Policy { witnesses: string[]; needed: number }
export interface Receipt { index: number; head: Head }

function refuse(what: string, wanted: string): never {
  throw new SyntaxError(`${what} is not ${wanted}`);
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

function count(text: string | undefined, what: string): number {
  const value = /^(0|[1-9]\d*)$/.test(text ?? '') ? Number(text) : -1;
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(what, 'a whole number');
}

// C2SP signed-note: "— name base64", of four bytes of key id and the signature.
const signatureLine = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/;
/** Key id, seconds since 1970, Ed25519 signature (C2SP tlog-cosignature). */
const cosignatureBytes = 4 + 8 + 64;

/** Only signatures of the form of a cosignature, under the log's origin, once for each company. */
function cosignatureOf(line: string, origin: string): Cosignature | null {
  const [, name = '', base64 = ''] = signatureLine.exec(line) ?? [];
  const bytes = name.startsWith(`${origin}/`) ? bytesOf(base64) : null;
  if (bytes?.length !== cosignatureBytes) {
    return null;
  }
  const seconds = new DataView(bytes.buffer).getBigUint64(4);
  const at = new Date(Number(seconds) * 1000);
  return {
    company: name.slice(origin.length + 1),
    at: Number.isNaN(at.getTime()) ? '' : at.toISOString(),
  };
}

/** A checkpoint with its signature lines (C2SP tlog-checkpoint). */
export function readHead(note: string): Head {
  const [text, signatures] = note.split('\n\n', 2);
  const [origin, size, root = ''] = (text ?? '').split('\n');
  const digest = bytesOf(root);
  if (!origin || signatures === undefined || digest?.length !== 32) {
    return refuse('checkpoint', 'a signed note of origin, size and root');
  }
  const found = new Map<string, Cosignature>();
  for (const line of signatures.split('\n')) {
    const cosignature = cosignatureOf(line, origin);
    if (cosignature !== null && !found.has(cosignature.company)) {
      found.set(cosignature.company, cosignature);
    }
  }
  return {
    origin,
    size: count(size, 'checkpoint size'),
    root: Array.from(digest, (each) => each.toString(16).padStart(2, '0')).join(''),
    cosignatures: [...found.values()],
  };
}

/** The node's own form of a policy: one group of companies is the quorum (C2SP tlog-policy). */
export function readPolicy(policy: string): Policy {
  const lines = policy.split('\n').map((line) => line.split(' '));
  const quorum = lines.find(([word]) => word === 'quorum')?.[1];
  const group = lines.find(([word, name]) => word === 'group' && name === quorum);
  if (group === undefined) {
    return refuse('policy', 'a quorum that is one group');
  }
  return { needed: count(group[2], 'policy threshold'), witnesses: group.slice(3) };
}

/** The cosignatures that count under a policy; without one, all. */
export function counted(head: Head, policy: Policy | null): Cosignature[] {
  return head.cosignatures.filter((each) => policy?.witnesses.includes(each.company) ?? true);
}

/** Place and head of a receipt; the entry and its path are for the verifier (C2SP tlog-proof). */
export function readReceipt(text: string): Receipt {
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(cut, 0)).split('\n');
  if (lines[0] !== 'c2sp.org/tlog-proof@v1') {
    return refuse('receipt', 'c2sp.org/tlog-proof@v1');
  }
  const index = lines.find((line) => line.startsWith('index '))?.slice('index '.length);
  return { index: count(index, 'receipt index'), head: readHead(text.slice(cut + 2)) };
}

const tileWidth = 256;

/** The path of the tile that holds the newest hash or entry below a size (C2SP tlog-tiles). */
export function newestTile(kind: '0' | 'entries', size: number): string | null {
  if (size === 0) {
    return null;
  }
  const tile = Math.floor((size - 1) / tileWidth);
  const width = size - tile * tileWidth;
  const groups: string[] = [];
  for (let rest = tile; ; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
    if (rest < 1000) {
      break;
    }
  }
  const path = `/tile/${kind}/${groups.join('/')}`;
  return width === tileWidth ? path : `${path}.p/${width}`;
}
