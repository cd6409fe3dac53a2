-- Reads entries with everything that is told beside the line. ?1 first position. Locks: a read snapshot.
SELECT e.position, e.line, s.name, e.version, o.name, e.epoch, e.sequence
FROM entries e LEFT JOIN streams s ON s.id = e.stream LEFT JOIN sources o ON o.id = e.source
WHERE e.position >= ?1 ORDER BY e.position
