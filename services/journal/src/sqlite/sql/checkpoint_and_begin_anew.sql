-- Moves the whole write-ahead log into the file, so that the next commit begins the log anew. Parameters: none.
-- Locks: the writer's, and waits for readers as long as the connection's patience lasts; the first column is 1 when one did not let go.
PRAGMA wal_checkpoint(RESTART)
