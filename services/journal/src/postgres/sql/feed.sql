-- Reads one own source after a place. $1 source name, $2 epoch, $3 sequence, $4 limit. Locks: a read snapshot.
SELECT e.position, e.line FROM journal.entries e
WHERE e.source = (SELECT id FROM journal.sources WHERE name = $1 AND own) AND (e.epoch, e.sequence) > ($2, $3)
ORDER BY e.epoch, e.sequence LIMIT $4
