-- Finds full tiles of a level. $1 level, $2 first number, $3 number to stop before. Locks: a read snapshot.
SELECT number, hashes FROM journal.tiles WHERE level = $1 AND number >= $2 AND number < $3 ORDER BY number
