-- Adds a chunk; the same number again is left alone. $1 file, $2 number, $3 ciphertext. Locks: the writer's transaction.
INSERT INTO journal.chunks (file, number, ciphertext) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
