// Checks a signed checkpoint and ways to its root with sigstore's verifier, of which no line is ours. Prints what it found as JSON.
//
// usage: node sigstore.js FILE
//   FILE is JSON: the note, the log's key, and for every entry its index, its line and the hashes beside its way in hex
"use strict";

const { createPublicKey, generateKeyPairSync } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");

// What an Ed25519 key begins with in the form that Node reads (RFC 8410).
const ED25519 = Buffer.from("302a300506032b6570032100", "hex");

function log(key) {
  const [, name, id, bytes] = key.match(/^(.*)\+([0-9a-f]{8})\+(.*)$/);
  // The first byte of the key tells its type.
  const der = Buffer.concat([ED25519, Buffer.from(bytes, "base64").subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return { logID: Buffer.from(id, "hex"), baseURL: name, publicKey };
}

const opened = (envelope, log) => verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, [log]);

function holds(check) {
  try {
    check();
    return true;
  } catch (error) {
    // Anything else is a fault of the program.
    if (error.name !== "VerificationError") throw error;
    return false;
  }
}

// How often something held, and how often what was spoilt was taken all the same.
class Counts {
  held = 0;
  taken = 0;
  count(held, ...spoilt) {
    this.held += holds(held);
    for (const check of spoilt) this.taken += holds(check);
  }
}

function flipped(bytes, bit) {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

function notes(note, log) {
  const counts = new Counts();
  const { publicKey } = generateKeyPairSync("ed25519");
  counts.count(
    () => opened(note, log),
    () => opened(note, { ...log, publicKey }),
  );
  const bytes = Buffer.from(note);
  const text = bytes.indexOf("\n\n");
  for (let bit = 0; bit < text * 8; bit++) {
    counts.taken += holds(() => opened(flipped(bytes, bit).toString(), log));
  }
  return counts;
}

function entries(entries, checkpoint) {
  const counts = new Counts();
  const check = (index, line, hashes, tree = checkpoint) => () =>
    verifyMerkleInclusion({ canonicalizedBody: line, inclusionProof: { logIndex: String(index), hashes } }, tree);
  for (const { index, line, path } of entries) {
    const body = Buffer.from(line);
    const hashes = path.map((hash) => Buffer.from(hash, "hex"));
    const other = { logSize: checkpoint.logSize, logHash: flipped(checkpoint.logHash, 255) };
    counts.count(
      check(index, body, hashes),
      check(index, flipped(body, 0), hashes),
      check(index ^ 1, body, hashes),
      check(index, body, hashes, other),
      check(index, body, hashes.slice(1)),
      ...hashes.map((hash, at) => check(index, body, hashes.with(at, flipped(hash, at)))),
    );
  }
  return counts;
}

const asked = JSON.parse(readFileSync(process.argv[2]));
const known = log(asked.key);
const checkpoint = opened(asked.note, known);
console.log(
  JSON.stringify({
    origin: checkpoint.origin,
    size: Number(checkpoint.logSize),
    root: checkpoint.logHash.toString("hex"),
    notes: notes(asked.note, known),
    entries: entries(asked.entries, checkpoint),
  }),
);
