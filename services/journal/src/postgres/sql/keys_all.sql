-- Reads every key with its checksum. Parameters: none. Locks: a read snapshot.
SELECT k.id, k.organisation, k.scope, k.wrapped_by, coalesce(w.wrapped, ''), k.sum FROM journal.keys k LEFT JOIN journal.wraps w ON w.key = k.id
