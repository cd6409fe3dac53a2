-- Keeps the bytes of a refused event. ?1 position, ?2 source, ?3 epoch, ?4 sequence, ?5 its position in the source's own journal, ?6 reason, ?7 digest,
-- ?8 event, ?9 sum. Locks: the writer's transaction. The same bytes at the same place are kept once.
INSERT OR IGNORE INTO quarantine (position, source, epoch, sequence, from_position, reason, digest, event, sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
