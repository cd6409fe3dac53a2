-- Finds a chunk. ?1 file, ?2 number. Locks: a read snapshot.
SELECT ciphertext FROM chunks WHERE file = ?1 AND number = ?2
