-- Reads whole streams, oldest entry first. $1 names. Locks: one read snapshot for all of them.
SELECT e.position, e.line, s.name FROM journal.streams s JOIN journal.entries e ON e.stream = s.id
WHERE s.name = ANY($1) ORDER BY s.name, e.version
