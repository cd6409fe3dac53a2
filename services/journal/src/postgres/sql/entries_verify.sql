-- Reads entries with everything that is told beside the line. $1 first position, $2 position to stop before.
-- Locks: a read snapshot.
SELECT e.position, e.line, e.stream, e.version, s.name, e.epoch, e.sequence, e.event_id, e.command, o.name, e.fingerprint, e.entries, e.sum, s.own
FROM journal.entries e
LEFT JOIN journal.sources s ON s.id = e.source
LEFT JOIN journal.organisations o ON o.id = e.organisation
WHERE e.position >= $1 AND e.position < $2 ORDER BY e.position
