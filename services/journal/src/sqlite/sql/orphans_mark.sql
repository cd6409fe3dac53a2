-- Marks what a new epoch of a source has cut off. ?1 source, ?2 new epoch, ?3 its first sequence.
-- Locks: the writer's transaction.
INSERT OR IGNORE INTO orphans (position, epoch)
SELECT position, ?2 FROM entries WHERE source = ?1 AND epoch < ?2 AND sequence >= ?3
