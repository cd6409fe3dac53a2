-- Counts the full tiles. Parameters: none. Locks: a read snapshot.
SELECT count(*) FROM journal.tiles
