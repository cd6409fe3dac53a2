-- Moves the whole write-ahead log into the file and cuts it to nothing. Parameters: none.
-- Locks: the writer's, and waits for readers of old pages; the first column is 1 when one did not let go.
PRAGMA wal_checkpoint(TRUNCATE)
