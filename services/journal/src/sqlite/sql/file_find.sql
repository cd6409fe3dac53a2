-- Finds a file by digest. ?1 digest. Locks: a read snapshot or the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM files WHERE digest = ?1 AND gone = 0
