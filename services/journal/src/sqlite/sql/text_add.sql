-- Adds a sealed text; a known digest is left alone. ?1 digest, ?2 key, ?3 bound_to, ?4 ciphertext, ?5 sum.
-- Locks: the writer's transaction.
INSERT OR IGNORE INTO texts (digest, key, bound_to, ciphertext, sum) VALUES (?1, ?2, ?3, ?4, ?5)
