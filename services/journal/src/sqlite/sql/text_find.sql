-- Finds a text; its ciphertext is empty once it has been erased. ?1 digest. Locks: a read snapshot.
SELECT digest, key, bound_to, ciphertext FROM texts WHERE digest = ?1
