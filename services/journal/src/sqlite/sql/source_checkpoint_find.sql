-- Finds the checkpoint that was kept of a source. ?1 source. Locks: a read snapshot.
SELECT note FROM source_checkpoints WHERE source = ?1
