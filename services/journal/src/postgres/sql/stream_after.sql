-- Reads a stream after a version, oldest entry first. $1 key, $2 version. Locks: a read snapshot.
SELECT position, line, stream, version FROM journal.entries WHERE stream = $1 AND version > $2 ORDER BY version
