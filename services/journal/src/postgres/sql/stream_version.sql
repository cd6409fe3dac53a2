-- Tells how many entries a stream has. $1 name. Locks: a read snapshot.
SELECT coalesce(max(version), 0)::bigint FROM journal.entries WHERE stream = (SELECT id FROM journal.streams WHERE name = $1)
