-- Finds a full tile. ?1 level, ?2 number. Locks: a read snapshot.
SELECT hashes FROM tiles WHERE level = ?1 AND number = ?2
