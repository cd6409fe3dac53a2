-- Reads all that is parked. Parameters: none. Locks: a read snapshot.
SELECT reaction, correlation, position, reason, sum FROM journal.parked ORDER BY position, reaction
