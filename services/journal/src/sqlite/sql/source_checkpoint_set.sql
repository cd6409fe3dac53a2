-- Keeps a source's checkpoint in place of the one before. ?1 source, ?2 note, ?3 sum. Locks: the writer's transaction.
INSERT INTO source_checkpoints (source, note, sum) VALUES (?1, ?2, ?3)
ON CONFLICT (source) DO UPDATE SET note = excluded.note, sum = excluded.sum
