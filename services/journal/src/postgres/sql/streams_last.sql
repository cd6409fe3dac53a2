-- The highest id of a stream. Parameters: none. Locks: a read snapshot.
SELECT coalesce(max(id), 0) FROM journal.streams
