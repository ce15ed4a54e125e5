// What spec/devices publishes, and nothing else, is what these programs know of the interface.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";

export function readPublished(root) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
  const messages = new Map();
  for (const file of readdirSync(join(root, "spec/devices/schemas"))) {
    const schema = JSON.parse(readFileSync(join(root, "spec/devices/schemas", file), "utf8"));
    const sample = JSON.parse(readFileSync(join(root, "spec/devices/samples", file), "utf8"));
    messages.set(schema.title, { schema, sample, fits: ajv.compile(schema) });
  }
  return messages;
}

export function require(truth, what) {
  if (!truth) {
    console.error(what);
    process.exit(1);
  }
}
