-- Reads a stream after a version, oldest entry first. $1 name, $2 version. Locks: a read snapshot.
SELECT e.position, e.line FROM journal.entries e
WHERE e.stream = (SELECT id FROM journal.streams WHERE name = $1) AND e.version > $2 ORDER BY e.version
