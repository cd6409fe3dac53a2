-- Moves what no reader needs from the write-ahead log into the file. Parameters: none.
-- Locks: the checkpoint's own; waits for nobody, and leaves what others still look at.
PRAGMA wal_checkpoint(PASSIVE)
