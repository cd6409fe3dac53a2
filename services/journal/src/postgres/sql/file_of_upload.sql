-- Finds an upload. $1 upload. Locks: a read snapshot or the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM journal.files WHERE upload = $1
