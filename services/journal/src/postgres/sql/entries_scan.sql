-- Reads lines in order. $1 first position, $2 position to stop before. Locks: a read snapshot.
SELECT position, line FROM journal.entries WHERE position >= $1 AND position < $2 ORDER BY position
