-- Tells how many entries a stream has. ?1 name. Locks: a read snapshot.
SELECT coalesce(max(version), 0) FROM entries WHERE stream = (SELECT id FROM streams WHERE name = ?1)
