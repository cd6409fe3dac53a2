-- Finds uploads that no event claims. $1 began before. Locks: the writer's transaction.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM journal.files
WHERE claimed = 0 AND gone = 0 AND began < $1
