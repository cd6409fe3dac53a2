-- Finds a stream and its version. ?1 name. Locks: a read snapshot or the writer's transaction.
SELECT id, (SELECT max(version) FROM entries WHERE stream = streams.id) FROM streams WHERE name = ?1
