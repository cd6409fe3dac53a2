-- Reads whole streams, oldest entry first. $1 names. Locks: one read snapshot for all of them.
-- OFFSET 0 keeps the order of the joins: however little the server knows of the tables, an entry is found through its stream.
SELECT e.position, e.line, n.name
FROM (SELECT DISTINCT name FROM unnest($1::text[]) AS name) n
CROSS JOIN LATERAL (SELECT id FROM journal.streams WHERE name = n.name OFFSET 0) s
CROSS JOIN LATERAL (SELECT position, version, line FROM journal.entries WHERE stream = s.id OFFSET 0) e
ORDER BY n.name, e.version
