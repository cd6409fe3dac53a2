-- Ends an upload. $1 seq, $2 digest, $3 key, $4 plain_bytes, $5 chunks, $6 sum. Locks: the writer's transaction.
UPDATE journal.files SET digest = $2, key = $3, plain_bytes = $4, chunks = $5, sum = $6 WHERE seq = $1
