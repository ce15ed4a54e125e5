// Usage: node document.mjs ROOT. The document is valid AsyncAPI 3.0.0, and samples fit schemas.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import Ajv from "ajv";
import { parse } from "yaml";
import { readPublished, require } from "./published.mjs";

const root = process.argv[2];
const document = parse(readFileSync(join(root, "docs/asyncapi.yaml"), "utf8"));
const specification = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0-without-$id.json");
const ajv = new Ajv({ strict: false, validateFormats: false });
require(ajv.validate(specification, document), JSON.stringify(ajv.errors, null, 1));

// Every reference leads somewhere.
for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
  let at = document;
  for (const part of pointer.split("/")) at = at?.[part];
  require(at !== undefined, `#/${pointer} leads nowhere`);
}

const published = readPublished(root);
require(
  [...published.keys()].sort().join() === Object.keys(document.channels).sort().join(),
  "channels and schemas name different messages");
for (const [name, { schema, sample, fits }] of published) {
  require(fits(sample), `${name}: ${JSON.stringify(fits.errors)}`);
  require(
    JSON.stringify(document.components.schemas[name]) === JSON.stringify(schema.properties.body),
    `${name}: the document and the schema file differ`);

  // The schema can refuse: a missing field, and a number for a text.
  for (const field of schema.properties.body.required ?? []) {
    const without = structuredClone(sample);
    delete without.body[field];
    require(!fits(without), `${name} fits without ${field}`);
  }
  require(!fits({ ...sample, id: 7 }), `${name} fits with a number as id`);
}
console.log("agreed");
