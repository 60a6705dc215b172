/**
 * The baselines: the same work as ours, done by Yjs over a BroadcastChannel and by a bare channel.
 *
 * Yjs is used as its documents show it: a Y.Map of Y.Maps, one update encoded per transaction and
 * posted at once, applied on receipt, told of by observeDeep. The bare channel posts the changed
 * field as a JSON string and keeps a Map: no merge, no history, no storage.
 *
 * `window.peer` is what the figures call.
 */
import * as Y from "yjs";
import { IndexeddbPersistence } from "y-indexeddb";

const now = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const counted = { bytes: 0, messages: 0 };
const seenAt = new Map();
let kind, channel, doc, records, awaited;

/** What arrived: its time by value, and whether it was the last one of a burst. */
function told(value) {
  const at = now();
  seenAt.set(value, at);
  if (awaited && value === awaited.value) {
    awaited.resolve(at);
    awaited = undefined;
  }
}

function post(message, size) {
  counted.messages += 1;
  counted.bytes += size;
  channel.postMessage(message);
}

/** @param {"yjs" | "raw"} which */
function open(which, name) {
  kind = which;
  channel = new BroadcastChannel(`bench-${which}-${name}`);
  if (kind === "raw") {
    records = new Map();
    channel.onmessage = ({ data }) => {
      const { id, field, value } = JSON.parse(data);
      records.get(id)[field] = value;
      told(value);
    };
    return;
  }
  doc = new Y.Doc();
  records = doc.getMap("records");
  doc.on("update", (update, origin) => {
    if (origin !== "remote") post(update, update.byteLength);
  });
  channel.onmessage = ({ data }) => Y.applyUpdate(doc, data, "remote");
  records.observeDeep((events, transaction) => {
    if (transaction.local) return;
    for (const event of events) {
      if (event.target !== records) told(event.target.get("n"));
    }
  });
}

/** Keep the document in IndexedDB too; resolves when what was stored is loaded. */
async function persist(name) {
  await new IndexeddbPersistence(name, doc).whenSynced;
}

/** The same records in both tabs: `raw` has no way to send a state, so each tab makes its own. */
function fill(list) {
  if (kind === "raw") {
    for (const record of list) records.set(record.id, { ...record });
    return;
  }
  doc.transact(() => {
    for (const record of list) records.set(record.id, new Y.Map(Object.entries(record)));
  });
}

function set(id, value) {
  if (kind === "yjs") {
    records.get(id).set("n", value);
    return;
  }
  records.get(id).n = value;
  const text = JSON.stringify({ id, field: "n", value });
  post(text, text.length);
}

/** One change at a time, `ms` apart; answers [value, time before the call] of each. */
async function paced(ids, first, ms) {
  const sent = [];
  for (const [i, id] of ids.entries()) {
    await pause(ms);
    const at = now();
    set(id, first + i);
    sent.push([first + i, at]);
  }
  return sent;
}

/** All changes in one plain loop; answers the times before and after it. */
function burst(ids, first) {
  const start = now();
  for (let i = 0; i < ids.length; i++) set(ids[i], first + i);
  return [start, now()];
}

/** Resolves to the time at which `value` was seen. */
function expect(value) {
  if (seenAt.has(value)) return seenAt.get(value);
  return new Promise((resolve) => (awaited = { value, resolve }));
}

const valueOf = (id) => (kind === "yjs" ? records.get(id)?.get("n") : records.get(id)?.n);

window.peer = {
  now,
  open,
  persist,
  fill,
  paced,
  burst,
  expect,
  seen: () => [...seenAt],
  size: () => records.size,
  write: set,
  read: (id) => valueOf(id) ?? null,
  sum: () => [...records.keys()].reduce((total, id) => total + valueOf(id), 0),
  bytes: () => ({ ...counted }),
};
