-- Reads every file. Parameters: none. Locks: a read snapshot.
SELECT seq, upload, began, digest, key, plain_bytes, chunks, claimed, gone, sum FROM journal.files ORDER BY seq
