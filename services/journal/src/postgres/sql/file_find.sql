-- Finds files by digest. $1 digests. Locks: a read snapshot or the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM journal.files
WHERE digest = ANY($1) AND gone = 0
