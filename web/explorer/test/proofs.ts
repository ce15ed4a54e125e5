// The log's own texts as a node writes them, with signatures of zeros: the page verifies none.
export const origin = `tomada/${'ab'.repeat(32)}`;
const kinds = ['', 'TWO_PROPOSALS', 'TWO_ENDORSEMENTS', 'TWO_ACCEPTS', 'HIDDEN_LOCK', 'TWO_HEADS'];

export function cosignature(name: string, length = 76): string {
  const bytes = Buffer.alloc(length);
  bytes.writeBigUInt64BE(BigInt(Date.parse('2026-11-23T14:00:00Z') / 1000), 4);
  return `\u2014 ${name} ${bytes.toString('base64')}`;
}

export function note(companies: string[], lines: string[] = []): string {
  const root = Buffer.alloc(32, 7).toString('base64');
  const signed = [
    cosignature(origin, 68),
    ...companies.map((each) => cosignature(`${origin}/${each}`)),
    ...lines,
  ];
  return `${origin}\n300\n${root}\n\n${signed.join('\n')}\n`;
}

export function policy(needed: number): string {
  return [
    `log ${origin}+aaaaaaaa+AQ==`,
    ...['br-abc', 'br-def', 'br-ghi'].map((each) => `witness ${each} ${origin}/${each}+aa+BA==`),
    `group companies ${needed} br-abc br-def br-ghi`,
    'quorum companies',
    '',
  ].join('\n');
}

export const receipt = [
  'c2sp.org/tlog-proof@v1',
  'extra aGVsbG8=',
  'index 12',
  Buffer.alloc(32, 1).toString('base64'),
  '',
  note(['br-abc', 'br-def']),
].join('\n');

export function evidence(guilty: string, kind: number) {
  const key = kind === 5 ? 'identityKey' : 'votingKey';
  return {
    id: `${guilty}.${kind}.10.0`,
    guilty,
    kind: kinds[kind],
    height: 10,
    ballot: 0,
    [key]: 'cd'.repeat(32),
    reportedBy: 'br-ghi',
    at: '2026-11-23T14:00:00.000Z',
    evidence: {},
  };
}
