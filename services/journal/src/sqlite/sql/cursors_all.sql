-- Reads all cursors. Parameters: none. Locks: a read snapshot.
SELECT reaction, next, sum FROM cursors
