-- Reads a stream after a version, oldest first. ?1 key, ?2 version; 0: the whole of it. Locks: a read snapshot.
SELECT position, line, version FROM entries WHERE stream = ?1 AND version > ?2 ORDER BY version
