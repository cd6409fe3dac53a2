-- Reads entries with everything that is told beside the line. ?1 first position. Locks: a read snapshot.
SELECT e.position, e.line, e.stream, e.version, s.name, e.epoch, e.sequence, e.event_id, e.command, o.name, e.fingerprint, e.entries, e.sum, s.own
FROM entries e LEFT JOIN sources s ON s.id = e.source LEFT JOIN organisations o ON o.id = e.organisation
WHERE e.position >= ?1 ORDER BY e.position
