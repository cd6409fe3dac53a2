-- Reads a stream after a version, oldest first. ?1 name, ?2 version. Locks: a read snapshot.
SELECT e.position, e.line FROM streams s JOIN entries e ON e.stream = s.id
WHERE s.name = ?1 AND e.version > ?2 ORDER BY e.version
