// Checkpoint, policy, receipts and evidence of the made-up network; nobody signed them.
import { hash, ids } from './places.mjs';

const origin = `tomada/${hash('genesis')}`;
const bytes = (text) => Buffer.from(hash(text), 'hex');

function cosignature(company, ms) {
  const signature = Buffer.alloc(76);
  signature.writeBigUInt64BE(BigInt(Math.floor(ms / 1000)), 4);
  return `\u2014 ${origin}/${company} ${signature.toString('base64')}`;
}

export function note(size, ms) {
  const signers = size % 2 === 0 ? ids : ids.slice(1);
  const lines = signers.map((each) => cosignature(each, ms));
  return `${origin}\n${size}\n${bytes(`root ${size}`).toString('base64')}\n\n${lines.join('\n')}\n`;
}

export const policy = `group companies 2 ${ids.join(' ')}\nquorum companies\n`;

export const receipt = (entry, size, ms) =>
  `c2sp.org/tlog-proof@v1\nextra AA==\nindex ${entry.index}\n\n${note(size, ms)}`;

export const evidences = ['TWO_ENDORSEMENTS', 'TWO_HEADS'].map((kind, i) => ({
  id: `${ids[2]}.${i === 0 ? 2 : 5}.${40 + i}.0`,
  guilty: ids[2],
  kind,
  height: 40 + i,
  ballot: 0,
  [i === 0 ? 'votingKey' : 'identityKey']: hash(`key ${i}`),
  reportedBy: ids[0],
  at: '2026-11-23T11:02:00.000Z',
  evidence: {
    network: hash('genesis'),
    first: { digest: hash('a') },
    second: { digest: hash('b') },
  },
  bytes: '',
  signedBytes: ['', ''],
}));
