-- Empties a key's texts in place. ?1 key. Locks: the writer's transaction; secure_delete zeroes what was there.
UPDATE texts SET ciphertext = x'' WHERE key = ?1 AND length(ciphertext) > 0
