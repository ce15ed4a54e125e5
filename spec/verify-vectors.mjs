// A second implementation of encoding.md: derives everything in spec/vectors from the inputs
// there, without any code of the product. Needs Node 20 and nothing else. Prints how many it
// verified.
import {
  createHash, createHmac, createPrivateKey, createPublicKey, sign, verify,
} from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'vectors');
const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
const all = files.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).vectors
  .map((vector) => ({ ...vector, where: `${name}: ${vector.name}` })));

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const unhex = (text) => Buffer.from(text, 'hex');
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const require = (holds, what) => { if (!holds) throw new Error(what); };
const same = (actual, expected, what) => require(
  hex(actual) === (typeof expected === 'string' ? expected : hex(expected)), `${what} differs`);
const tagged = (tag, ...parts) => Buffer.concat([Buffer.from(`${tag}\0`, 'ascii'), ...parts]);
const byte = (value) => Buffer.from([value]);
const u32 = (value) => { const b = Buffer.alloc(4); b.writeUInt32BE(value); return b; };
const u64 = (value) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(value)); return b; };

// ── Canonical CBOR: integers, bytes, text, arrays, maps with ascending integer keys, booleans.
function head(major, value) {
  const n = BigInt(value);
  if (n < 24n) return byte((major << 5) | Number(n));
  const size = n < 1n << 8n ? 1 : n < 1n << 16n ? 2 : n < 1n << 32n ? 4 : 8;
  const digits = n.toString(16).padStart(2 * size, '0');
  return Buffer.concat([byte((major << 5) | (24 + Math.log2(size))), unhex(digits)]);
}

function encode(value) {
  if (typeof value === 'boolean') return byte(value ? 0xf5 : 0xf4);
  if (typeof value === 'bigint') return value < 0n ? head(1, -1n - value) : head(0, value);
  if (typeof value === 'number') return encode(BigInt(value));
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([head(3, text.length), text]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  require(value instanceof Map, `a ${typeof value} has no form`);
  const pairs = [...value].flatMap(([key, each]) => [encode(key), encode(each)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}

function decode(bytes) {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let at = 0;
  const take = (count) => {
    require(at + count <= bytes.length, 'ends too early');
    return bytes.subarray(at, (at += count));
  };
  const argument = (info) => {
    if (info < 24) return BigInt(info);
    require(info <= 27, 'no definite length');
    const size = 1 << (info - 24);
    const value = BigInt(`0x${hex(take(size))}`);
    const least = size === 1 ? 24n : 1n << BigInt(4 * size);
    require(value >= least, 'an integer is not in its shortest form');
    return value;
  };
  const item = () => {
    const first = take(1)[0];
    const major = first >> 5;
    if (major === 7) {
      require(first === 0xf4 || first === 0xf5, `byte ${first} is not used`);
      return first === 0xf5;
    }
    const n = argument(first & 31);
    switch (major) {
      case 0: return n;
      case 1: return -1n - n;
      case 2: return Buffer.from(take(Number(n)));
      case 3: return strict.decode(take(Number(n)));
      case 4: return Array.from({ length: Number(n) }, item);
      case 5: return pairs(Number(n));
      default: throw new Error('tags are not used');
    }
  };
  const pairs = (count) => {
    const map = new Map();
    let last = -1;
    for (let i = 0; i < count; i++) {
      const key = Number(item());
      require(key > last, 'keys do not ascend');
      last = key;
      map.set(key, item());
    }
    return map;
  };
  const value = item();
  require(at === bytes.length, 'bytes after the end');
  same(encode(value), bytes, 'its canonical form');
  return value;
}

// ── Ed25519 with the keys of keys.json.
const keys = new Map(all.filter((each) => each.kind === 'key').map((each) => [each.name, each]));
const publicKeyOf = (raw) => createPublicKey({
  key: Buffer.concat([unhex('302a300506032b6570032100'), raw]), format: 'der', type: 'spki' });
const privateKeyOf = (seed) => createPrivateKey({
  key: Buffer.concat([unhex('302e020100300506032b657004220420'), seed]),
  format: 'der', type: 'pkcs8' });

function checkSignature(signer, message, signature) {
  const key = keys.get(signer);
  require(key, `no key '${signer}'`);
  const bytes = typeof signature === 'string' ? unhex(signature) : signature;
  const known = publicKeyOf(unhex(key.publicKey));
  require(verify(null, message, known, bytes), `signature of ${signer}`);
  same(sign(null, message, privateKeyOf(unhex(key.seed))), bytes, `signature again of ${signer}`);
}

// ── Trees.
const leafHash = (entry) => sha256(byte(0), entry);
function logRoot(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return sha256(byte(1), logRoot(leaves.slice(0, split)), logRoot(leaves.slice(split)));
}

const bit = (path, depth) => (path[depth >> 3] >> (7 - (depth & 7))) & 1;
const stateLeaf = (path, valueHash) => sha256(byte(0), path, valueHash);
function checkStateProof(proof, pathHex, valueHash, root) {
  const [siblings, end, path] = [proof.get(1), proof.get(2), unhex(pathHex)];
  const found = end && hex(end.get(1)) === pathHex ? hex(end.get(2)) : null;
  require(found === valueHash, 'it proves something else');
  let hash = end ? stateLeaf(end.get(1), end.get(2)) : Buffer.alloc(32);
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const beside = siblings[depth];
    require(!end || bit(end.get(1), depth) === bit(path, depth), 'the leaf stands elsewhere');
    hash = bit(path, depth) ? sha256(byte(1), beside, hash) : sha256(byte(1), hash, beside);
  }
  same(hash, root, 'root');
}
function stateRoot(leaves, depth = 0) {
  if (leaves.length === 0) return Buffer.alloc(32);
  if (leaves.length === 1) return stateLeaf(leaves[0].path, leaves[0].valueHash);
  const side = (one) =>
    stateRoot(leaves.filter((each) => bit(each.path, depth) === one), depth + 1);
  return sha256(byte(1), side(0), side(1));
}

function checkRow(row) {
  const path = sha256(Buffer.from(`${row.table}\0`, 'ascii'), unhex(row.key));
  decode(unhex(row.key));
  decode(unhex(row.value));
  same(path, row.path, 'path');
  same(sha256(unhex(row.value)), row.valueHash, 'value hash');
  return { path, valueHash: unhex(row.valueHash) };
}

// ── What is made of records.
function checkTransaction(bytes) {
  const wire = decode(bytes);
  const unsigned = wire.get(1);
  const content = decode(unsigned);
  const message = tagged('tomada/v1/transaction', content.get(1), unsigned);
  checkSignature(`identity ${content.get(2)}`, message, wire.get(2));
  return { unsigned, message, id: sha256(message) };
}

const voteMessage = (network, type, height, ballot, governance, digest, locked) => tagged(
  'tomada/v1/vote', network, byte(Number(type)), u64(height), u32(Number(ballot)), governance,
  digest, Number(type) === 4 ? u32(Number(locked) + 1) : Buffer.alloc(0));

function checkCertificate(certificate, network, governance) {
  const [type, height, ballot, digest] = [1, 2, 3, 4].map((key) => certificate.get(key));
  for (const seal of certificate.get(5)) {
    checkSignature(`voting ${seal.get(1)}`,
      voteMessage(network, type, height, ballot, governance, digest), seal.get(2));
  }
}

const blocks = all.filter((each) => each.kind === 'block');
const genesis = all.find((each) => each.kind === 'genesis');
const recordHexes = new Set(all.filter((each) => each.kind === 'record').map((each) => each.hex));

const checks = {
  key(v) {
    same(sha256(Buffer.from(`tomada vector key ${v.name}`)), v.seed, 'seed');
    const spki = createPublicKey(privateKeyOf(unhex(v.seed)))
      .export({ format: 'der', type: 'spki' });
    same(spki.subarray(-32), v.publicKey, 'public key');
  },
  record: (v) => decode(unhex(v.hex)),
  cbor: (v) => decode(unhex(v.hex)),
  tagged(v) {
    const message = tagged(v.tag, ...v.parts.map(unhex));
    same(message, v.message, 'message');
    for (const part of v.parts) {
      require(part.length <= 64 || recordHexes.has(part), 'a part is the hex of no record');
    }
    if (v.digest) same(sha256(message), v.digest, 'digest');
    if (v.signature) checkSignature(v.signer, message, v.signature);
    if (v.hmac) {
      same(createHmac('sha256', unhex(v.hmacKey)).update(message).digest(), v.hmac, 'HMAC');
    }
    require(v.digest || v.signature, 'nothing is made of it');
  },
  transaction(v) {
    const made = checkTransaction(unhex(v.signed));
    same(made.unsigned, v.hex, 'unsigned');
    same(made.message, v.message, 'message');
    same(made.id, v.id, 'id');
    same(decode(unhex(v.signed)).get(2), v.signature, 'signature');
    const envelope = new Map([[0, 1], [1, unhex(v.hex)], [2, unhex(v.signature)]]);
    same(encode(envelope), v.signed, 'envelope');
  },
  genesis(v) {
    const [draft, signatures] = [decode(unhex(v.hex)).get(1), decode(unhex(v.hex)).get(2)];
    const message = tagged('tomada/v1/genesis', encode(draft));
    same(sha256(message), v.network, 'network id');
    draft.get(2).forEach((founder, i) => {
      const member = founder.get(1);
      const name = `identity ${member.get(1)}`;
      same(member.get(3), keys.get(name).publicKey, 'identity key');
      checkSignature(name, tagged('tomada/v1/member', encode(member)), founder.get(2));
      checkSignature(name, message, signatures[i]);
    });
  },
  block(v) {
    const entries = decode(unhex(v.hex)).get(1);
    const hashes = entries.map(leafHash);
    hashes.forEach((each, i) => same(each, v.leafHashes[i], `leaf ${i}`));
    const [kind, seal] = decode(entries.at(-1));
    require(kind === 3n, 'the last entry is a seal');
    require(seal.get(4) === BigInt(entries.length - 1), 'count');
    same(entries.at(-1), v.seal, 'seal');
    same(sha256(entries.at(-1)), v.digest, 'digest');
    same(logRoot(hashes.slice(0, -1)), v.transactionRoot, 'transaction root');
    same(seal.get(5), v.transactionRoot, 'transaction root of the seal');
    entries.slice(0, -1).map(decode).filter((each) => each[0] === 1n)
      .forEach((each) => checkTransaction(each[1].get(1)));

    const members = decode(unhex(genesis.hex)).get(1).get(2).map((each) => each.get(1));
    const faults = Math.floor((members.length - 1) / 3);
    const quorum = Math.ceil((members.length + faults + 1) / 2);
    const governance = new Map([[0, 1], [1, members], [2, faults], [3, quorum]]);
    const root = sha256(tagged('tomada/v1/governance', encode(governance)));
    same(seal.get(7), root, 'governance root');
    same(root, v.governance, 'governance root of the vector');

    const place = blocks.indexOf(v);
    const before = blocks[place - 1];
    same(seal.get(2), before ? before.digest : genesis.network, 'previous');
    if (before) {
      const certificate = decode(seal.get(10));
      require(certificate.get(5).length === quorum, 'a quorum signed');
      same(certificate.get(4), before.digest, 'decided digest');
      checkCertificate(certificate, unhex(genesis.network), root);
    }
  },
  vote(v) {
    const message = voteMessage(unhex(v.network), v.type, v.height, v.ballot, unhex(v.governance),
      unhex(v.digest), v.lockedBallot);
    same(message, v.message, 'message');
    checkSignature(v.signer, message, v.signature);
  },
  certificate: (v) =>
    checkCertificate(decode(unhex(v.hex)), unhex(v.network), unhex(v.governance)),
  justification(v) {
    const [network, governance] = [unhex(v.network), unhex(v.governance)];
    const all = decode(unhex(v.hex));
    for (const promise of all.get(3)) {
      checkSignature(`voting ${promise.get(1)}`, voteMessage(network, 4, all.get(1), all.get(2),
        governance, promise.get(3), promise.get(2)), promise.get(4));
    }
    if (all.has(4)) checkCertificate(all.get(4), network, governance);
  },
  row: checkRow,
  state(v) {
    const leaves = v.rows.map(checkRow);
    same(stateRoot(leaves), v.root, 'root');
    same(stateRoot(leaves.toReversed()), v.root, 'root in another order');
    if (v.name === 'the state after block 1') {
      same(decode(unhex(blocks[0].seal))[1].get(6), v.root, 'state root of block 1');
    }
  },
  stateProof: (v) => checkStateProof(decode(unhex(v.hex)), v.path, v.valueHash, v.root),
  stateAnswer(v) {
    const answer = decode(unhex(v.hex));
    const path = hex(answer.get(2));
    same(sha256(answer.get(1)), v.block, 'block');
    same(sha256(Buffer.from(v.table), byte(0), unhex(v.key)), path, 'path');
    require(answer.has(3) === v.present, 'presence');
    checkStateProof(answer.get(4), path, v.present ? hex(sha256(answer.get(3))) : null,
      hex(decode(answer.get(1))[1].get(6)));
  },
  note(v) {
    const leaves = blocks.flatMap((each) => decode(unhex(each.hex)).get(1)).map(leafHash);
    require(v.size === leaves.length, 'size');
    same(logRoot(leaves), v.root, 'root');
    require(v.origin === `tomada/${genesis.network}`, 'origin');
    require(v.text === `${v.origin}\n${v.size}\n${unhex(v.root).toString('base64')}\n`, 'text');
    const lines = v.note.slice(v.text.length + 1).trimEnd().split('\n');
    require(v.note === `${v.text}\n${lines.join('\n')}\n`, 'form of the note');
    v.keys.forEach((key, i) => {
      const [name, id, ...rest] = key.split('+');
      const base64 = rest.join('+');
      const typed = Buffer.from(base64, 'base64');
      const derived = sha256(Buffer.from(`${name}\n`), typed).subarray(0, 4);
      same(derived, id, 'key id');
      const [dash, by, signature] = lines[i].split(' ');
      require(dash === '\u2014' && by === name, 'signature line');
      const bytes = Buffer.from(signature, 'base64');
      same(bytes.subarray(0, 4), derived, 'key id of the line');
      const isTimed = typed[0] === 4;
      if (isTimed) same(bytes.subarray(4, 12), u64(v.cosignedAt), 'time');
      const message = isTimed ? `cosignature/v1\ntime ${v.cosignedAt}\n${v.text}` : v.text;
      require(verify(null, Buffer.from(message), publicKeyOf(typed.subarray(1)),
        bytes.subarray(isTimed ? 12 : 4)), `signature of ${name}`);
    });
  },
};

for (const vector of all) {
  try {
    require(checks[vector.kind], `kind '${vector.kind}' is not known`);
    checks[vector.kind](vector);
  } catch (fault) {
    console.error(`${vector.where}: ${fault.message}`);
    process.exitCode = 1;
  }
}

if (!process.exitCode) console.log(`${all.length} vectors verified`);
