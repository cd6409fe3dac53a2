-- Empties a file's chunks in place. ?1 file. Locks: the writer's transaction; secure_delete zeroes the freed pages.
UPDATE chunks SET ciphertext = x'' WHERE file = ?1 AND length(ciphertext) > 0
