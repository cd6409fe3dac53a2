-- Tells a stream's version; 0: it has no entry. ?1 key. Locks: a read snapshot or the writer's transaction.
SELECT coalesce(max(version), 0) FROM entries WHERE stream = ?1
