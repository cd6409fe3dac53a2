-- Finds keys; one is empty once it has been erased. $1 ids. Locks: a read snapshot.
SELECT k.id, k.organisation, k.scope, k.wrapped_by, coalesce((SELECT w.wrapped FROM journal.wraps w WHERE w.key = k.id), '')
FROM journal.keys k WHERE k.id = ANY($1)
