-- Reads every key with its checksum. Parameters: none. Locks: a read snapshot.
SELECT id, scope, wrapped_by, wrapped, sum FROM journal.keys
