-- Finds texts; a ciphertext is empty once it has been erased. $1 digests. Locks: a read snapshot.
SELECT digest, key, bound_to, ciphertext FROM journal.texts WHERE digest = ANY($1)
