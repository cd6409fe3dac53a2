-- Reads every text with its checksum. Parameters: none. Locks: a read snapshot.
SELECT digest, key, bound_to, ciphertext, sum FROM journal.texts
