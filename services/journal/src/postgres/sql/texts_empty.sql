-- Empties the texts under keys. $1 keys. Locks: the writer's transaction.
UPDATE journal.texts SET ciphertext = '' WHERE key = ANY($1) AND ciphertext <> ''
