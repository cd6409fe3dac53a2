-- Reads all sources. Parameters: none. Locks: a read snapshot.
SELECT id, name, own, epoch, sequence, from_position FROM journal.sources
