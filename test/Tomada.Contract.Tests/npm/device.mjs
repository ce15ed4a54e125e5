// Usage: node device.mjs ROOT URL PROTOCOL KIND SECRET MODE [CA]
// A device made of npm mqtt and the published files: speaks every sample of its kind.
import { readFileSync } from "node:fs";
import mqtt from "mqtt";
import { readPublished, require } from "./published.mjs";

const [root, url, protocol, kind, secret, mode, authority] = process.argv.slice(2);
const published = readPublished(root);
const branch = `tomada/1/br-aaa/${kind}/one/`;
const is5 = protocol === "5";
// A foreign broker keeps devices apart and knows no more of the contract: it grants filters whose
// messages it does not deliver, and takes what the node then drops.
const isOwn = mode === "embedded";
const heard = [];
let wake = () => {};

const client = await mqtt.connectAsync(url, {
  protocolVersion: Number(protocol), clientId: `${kind}/one`, username: `${kind}/one`,
  password: secret, reconnectPeriod: 0, clean: true,
  ...(authority ? { ca: readFileSync(authority) } : {}),
});
client.on("message", (topic, payload) => { heard.push([topic, JSON.parse(payload)]); wake(); });

async function next(path) {
  for (;;) {
    const at = heard.findIndex(([topic]) => topic === branch + path);
    if (at >= 0) return heard.splice(at, 1)[0][1];
    await new Promise((resolve) => { wake = resolve; });
  }
}

function fits(name, payload) {
  const { fits } = published.get(name);
  require(fits(payload), `${name}: ${JSON.stringify(fits.errors)} in ${JSON.stringify(payload)}`);
}

// The reason that MQTT 5 gives; 3.1.1 has none and acknowledges whatever it took off the wire.
async function say(path, payload, options = {}) {
  try {
    const packet = await client.publishAsync(
      path, typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1, ...options });
    return packet?.reasonCode ?? 0;
  } catch (refused) {
    return refused.code;
  }
}

const foreign = kind === "car" ? "station" : "car";
const granted = await client.subscribeAsync(
  { [branch + "dn/#"]: { qos: 1 } });
require(granted[0].qos === 1, "subscribed to the own dn/");
fits("node", await next("dn/node"));
for (const filter of ["#", "+/+/+/+/+/dn/#", `tomada/1/br-aaa/${kind}/two/dn/#`,
  `tomada/1/br-aaa/${foreign}/one/dn/#`, `tomada/1/br-bbb/${kind}/one/dn/#`, branch + "up/#",
  "$SYS/#"]) {
  let refused = false;
  try {
    const [answer] = await client.subscribeAsync({ [filter]: { qos: 1 } });
    refused = answer.qos >= 128;
  } catch {
    refused = true;
  }
  require(refused || !isOwn, `subscribed to ${filter}`);
  if (!refused) await client.unsubscribeAsync(filter);
}
// Every device has a retained dn/node: who may not hear it was not given it.
require(heard.every(([topic]) => topic.startsWith(branch + "dn/")),
  `heard ${heard.map(([topic]) => topic)}`);
heard.length = 0;

// Everything of this kind that is published, as published.
const own = {
  both: { state: "state", heartbeat: "heartbeat" },
  car: { position: "position" },
  station: {
    "evse-state": "evse/dc-1/state", meter: "meter/dc-1",
    session: `session/${published.get("session").sample.body.session.replaceAll("/", "-")}`,
    "ack-hold": "ack/hold", "ack-reserve": "ack/reserve", "ack-release": "ack/release",
    "ack-resend": "ack/resend",
  },
};
for (const [name, path] of Object.entries({ ...own.both, ...own[kind] })) {
  const reason = await say(`${branch}up/${path}`, published.get(name).sample);
  require(reason === 0, `${name}: reason ${reason}`);
}
if (is5) {
  for (const [name, path] of Object.entries(own[foreign])) {
    const reason = await say(`${branch}up/${path}`, published.get(name).sample);
    require(reason === (isOwn ? 0x90 : 0), `${name} of a ${foreign}: reason ${reason}`);
  }
  for (const topic of [`tomada/1/br-aaa/${kind}/two/up/state`, "state", branch + "dn/node"]) {
    const reason = await say(topic, published.get("state").sample);
    require(reason === 0x87, `${topic}: reason ${reason}`);
  }
  const reason = await say(`${branch}up/state`, published.get("state").sample, {
    properties: { responseTopic: `tomada/1/br-aaa/${kind}/two/dn/x` } });
  require(reason === (isOwn ? 0x87 : 0), `a foreign response topic: reason ${reason}`);
}

// A request: the reply names it; again: the same reply; with another body: CONFLICT.
async function ask(op, request, options) {
  require(await say(`${branch}up/request/${op}`, request, options) === 0, `${op} was not taken`);
  const reply = await next(`dn/reply/${op}`);
  fits(`reply-${op}`, reply);
  require(reply.body.re === request.id, "the reply names its request");
  return reply.body;
}
const boot = structuredClone(published.get("request-boot").sample);
if (kind === "car") delete boot.body.evses;
const first = await ask("boot", boot);
require(first.ok && first.body.heartbeatMs > 0, "boot is OK");
if (kind === "car") {
  const history = published.get("request-history").sample;
  const id = "0198c2d4-1111-7abc-8def-0000000000aa";
  const reply = await ask("history", { ...history, id });
  require(reply.ok && reply.body.trips.length === 0, "no trips yet");
  const reserve = { ...published.get("request-reserve").sample, id: id.replace("aa", "bb") };
  reserve.body = { legs: reserve.body.legs.map((leg) => ({ ...leg, evse: "br-aaa/none" })) };
  const refused = await ask("reserve", reserve);
  require(!refused.ok, "an EVSE that is not there is refused");
  const again = await ask("reserve", { ...reserve, seq: reserve.seq + 1 });
  require(JSON.stringify(again) === JSON.stringify(refused), "asked again: the same reply");
  const other = { ...reserve, body: { legs: [{ ...reserve.body.legs[0], energyWh: 1 }] } };
  require((await ask("reserve", other)).code === "CONFLICT", "same id, other body: CONFLICT");
  const late = { ...history, id: id.replace("aa", "cc"), exp: "2020-01-01T00:00:00.000Z" };
  require((await ask("history", late)).code === "EXPIRED", "after exp: EXPIRED");
  const bad = { ...history, id: id.replace("aa", "dd"), body: { limit: 0 } };
  require((await ask("history", bad)).code === "INVALID", "a bad body: INVALID");
}
if (is5) {
  require(await say(`${branch}up/state`, "{") === (isOwn ? 0x99 : 0), "not JSON: payload format invalid");
}
await client.endAsync();
console.log("agreed");
