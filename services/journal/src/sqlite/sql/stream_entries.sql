-- Reads a whole stream, oldest first. ?1 name. Locks: a read snapshot.
SELECT e.position, e.line FROM streams s JOIN entries e ON e.stream = s.id WHERE s.name = ?1 ORDER BY e.version
