-- The first and last position. Parameters: none. Locks: a read snapshot.
SELECT (SELECT min(position) FROM journal.entries), (SELECT max(position) FROM journal.entries)
