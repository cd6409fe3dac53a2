-- Empties files' chunks. $1 files. Locks: the writer's transaction.
UPDATE journal.chunks SET ciphertext = '' WHERE file = ANY($1) AND ciphertext <> ''
