-- Reads entries with everything that is told beside the line. $1 first position, $2 position to stop before.
-- Locks: a read snapshot.
SELECT e.position, e.line, s.name, e.version, o.name, e.epoch, e.sequence, i.id
FROM journal.entries e
LEFT JOIN journal.streams s ON s.id = e.stream
LEFT JOIN journal.sources o ON o.id = e.source
LEFT JOIN journal.event_ids i ON i.position = e.position
WHERE e.position >= $1 AND e.position < $2 ORDER BY e.position
