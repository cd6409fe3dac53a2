-- Reads every key with its checksum. Parameters: none. Locks: a read snapshot.
SELECT id, organisation, scope, wrapped_by, wrapped, sum FROM journal.keys
