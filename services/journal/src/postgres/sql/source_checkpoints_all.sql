-- Reads all checkpoints of sources. Parameters: none. Locks: a read snapshot.
SELECT source, note, sum FROM journal.source_checkpoints
