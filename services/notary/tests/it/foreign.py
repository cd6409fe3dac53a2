"""Reads a log and asks a witness with libraries by others: aics-tlog and aics-witness. Prints what they found as JSON.

usage: foreign.py read URL LINES LOG_KEY WITNESS_KEY
       foreign.py ask URL WITNESS_KEY SEED
"""

import json
import sys
import urllib.request

from aics_tlog import (
    Checkpoint,
    HttpTileReader,
    MerkleTree,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    sign_checkpoint,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)
from aics_tlog.checkpoint import checkpoint_from_note
from aics_tlog.note import parse_vkey
from aics_tlog.tiles import tree_root_from_tiles
from aics_witness.feeder import WitnessClient, WitnessRejected
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def read(url, lines, log_key, witness_key):
    checkpoint, note = checkpoint_from_note(urllib.request.urlopen(url + "checkpoint").read())
    judged = verify_checkpoint(note, parse_vkey(log_key), [parse_vkey(witness_key)], quorum=1)
    with open(lines, "rb") as file:
        lines = [line.rstrip(b"\n") for line in file]
    tiles = VerifiedTileReader(HttpTileReader([url]), checkpoint.size, checkpoint.root)
    included = 0
    for index in range(0, checkpoint.size, 7):
        proof = inclusion_proof_from_tiles(tiles, index, checkpoint.size)
        included += verify_leaf_inclusion(lines[index], index, checkpoint.size, proof, checkpoint.root)
        # The next entry is not the one that stands here.
        other = lines[(index + 1) % checkpoint.size]
        included -= verify_leaf_inclusion(other, index, checkpoint.size, proof, checkpoint.root)
    extended = 0
    for older in (1, 255, 256, 257, checkpoint.size - 1):
        root = tree_root_from_tiles(tiles, older)
        proof = consistency_proof_from_tiles(tiles, older, checkpoint.size)
        extended += verify_consistency(older, checkpoint.size, root, checkpoint.root, proof)
        extended -= verify_consistency(older, checkpoint.size, checkpoint.root, checkpoint.root, proof)
    return {
        "trusted": judged.ok,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "computed": MerkleTree(lines[: checkpoint.size]).root().hex(),
        "included": included,
        "extended": extended,
    }


def ask(url, witness_key, seed):
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    entries = [b"entry %d" % number for number in range(40)]
    origin = "log.example/foreign"
    answers = []
    with WitnessClient(url, witness_key) as client:
        for size in (3, 17, 17, 40):
            tree = MerkleTree(entries[:size])
            note = sign_checkpoint(Checkpoint(origin, size, tree.root()), key, origin)
            client.submit(note.to_bytes(), tree.consistency_proof)
            answers.append(200)
        other = MerkleTree([b"another history"] * 50)
        for name, tree in ((origin, other), ("log.example/unknown", other)):
            note = sign_checkpoint(Checkpoint(name, 50, tree.root()), key, name)
            try:
                client.submit(note.to_bytes(), tree.consistency_proof)
                answers.append(200)
            except WitnessRejected as rejected:
                answers.append(rejected.status)
    return answers


print(json.dumps({"read": read, "ask": ask}[sys.argv[1]](*sys.argv[2:])))
