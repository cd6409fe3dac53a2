-- Finds an entry by where it stands in its source. $1 source name, $2 epoch, $3 sequence. Locks: a read snapshot.
SELECT e.position, e.line FROM journal.sources s JOIN journal.entries e ON e.source = s.id
WHERE s.name = $1 AND e.epoch = $2 AND e.sequence = $3
