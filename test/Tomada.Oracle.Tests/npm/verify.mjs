// Judges cases with @transmute/rfc9162, which knows nothing of this project.
// Usage: node verify.mjs CASES.json; prints "judged N" and one line for each case it sees otherwise.
import { readFileSync } from "node:fs";
import rfc9162 from "@transmute/rfc9162";

const { RFC9162 } = rfc9162;
const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64"));
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
let judged = 0;

function report(kind, each, holds) {
  judged++;
  if (holds !== each.Valid) console.log(`${kind} ${JSON.stringify(each)}: says ${holds}`);
}

for (const each of cases.Inclusions) {
  report("inclusion", each, await RFC9162.verifyInclusionProof(bytes(each.Root), bytes(each.Leaf), {
    log_id: "", tree_size: each.Size, leaf_index: each.Index, inclusion_path: each.Proof.map(bytes),
  }));
}

for (const each of cases.Consistencies) {
  // RFC 9162 section 2.1.4.2 step 2, which this library leaves to its caller.
  const isPower = Number.isInteger(Math.log2(each.OldSize));
  const path = isPower ? [each.OldRoot, ...each.Proof] : each.Proof;
  report("consistency", each, await RFC9162.verifyConsistencyProof(
    bytes(each.OldRoot), bytes(each.Root), {
      log_id: "", tree_size_1: each.OldSize, tree_size_2: each.Size,
      consistency_path: path.map(bytes),
    }));
}

for (const each of cases.Roots) {
  const root = await RFC9162.treeHead(each.Entries.map(bytes));
  report("root", each, Buffer.from(root).toString("base64") === each.Root);
}

console.log(`judged ${judged}`);
