-- Finds the files under a key. ?1 key. Locks: the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM files WHERE key = ?1 AND gone = 0
