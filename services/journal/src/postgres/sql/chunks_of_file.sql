-- Reads a file's chunks in order. $1 file. Locks: a read snapshot or the writer's transaction.
SELECT number, ciphertext FROM journal.chunks WHERE file = $1 ORDER BY number
