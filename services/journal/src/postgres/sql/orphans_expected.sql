-- Tells which entries a new epoch of a source cuts off. $1 source name, $2 new epoch, $3 its first sequence.
-- Locks: a read snapshot.
SELECT position FROM journal.entries
WHERE source = (SELECT id FROM journal.sources WHERE name = $1) AND epoch < $2 AND sequence >= $3
