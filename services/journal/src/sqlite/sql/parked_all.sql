-- Reads all that is parked. Parameters: none. Locks: a read snapshot.
SELECT reaction, correlation, position, reason, sum FROM parked ORDER BY position, reaction
