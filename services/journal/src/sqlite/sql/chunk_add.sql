-- Adds a chunk; the same number again is left alone. ?1 file, ?2 number, ?3 ciphertext. Locks: the writer's transaction.
INSERT OR IGNORE INTO chunks (file, number, ciphertext) VALUES (?1, ?2, ?3)
