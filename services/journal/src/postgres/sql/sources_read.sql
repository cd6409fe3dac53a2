-- Reads all sources, each with its last entry. Parameters: none. Locks: a read snapshot.
SELECT id, name, own, epoch, sequence, line, from_position FROM journal.source_ends
