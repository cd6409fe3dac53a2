-- Finds the checkpoint that was kept of a source. $1 source. Locks: a read snapshot.
SELECT note FROM journal.source_checkpoints WHERE source = $1
