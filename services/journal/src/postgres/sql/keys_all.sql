-- Reads every key with its checksum. Parameters: none. Locks: a read snapshot.
SELECT k.id, k.organisation, k.scope, k.wrapped_by, CASE WHEN k.erased THEN ''::bytea ELSE w.wrapped END, k.sum
FROM journal.keys k LEFT JOIN journal.wrapped_keys w ON w.key = k.id
