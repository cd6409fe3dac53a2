-- Finds the files under keys. $1 keys. Locks: the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM journal.files
WHERE key = ANY($1) AND gone = 0
