-- Reads all cursors with their checksums. Parameters: none. Locks: a read snapshot.
SELECT reaction, next, sum FROM journal.cursors
