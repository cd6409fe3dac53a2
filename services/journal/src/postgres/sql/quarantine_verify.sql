-- Reads refused events beside the entries of their refusals. Parameters: none. Locks: a read snapshot.
SELECT q.position, q.reason, q.digest, q.event, e.line, q.source, q.epoch, q.sequence, q.from_position, q.sum
FROM journal.quarantine q
LEFT JOIN journal.sources s ON s.name = q.source
LEFT JOIN journal.entries e ON e.source = s.id AND e.epoch = q.epoch AND e.sequence = q.sequence
