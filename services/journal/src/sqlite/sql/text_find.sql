-- Finds a text that has not been erased. ?1 digest. Locks: a read snapshot.
SELECT digest, key, bound_to, ciphertext FROM texts WHERE digest = ?1 AND length(ciphertext) > 0
