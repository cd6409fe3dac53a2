-- Reads whole streams, oldest entry first. $1 keys. Locks: one read snapshot for all of them.
SELECT position, line, stream, version FROM journal.entries WHERE stream = ANY($1) ORDER BY stream, version
