-- Finds keys; one is empty once it has been erased. $1 ids. Locks: a read snapshot.
SELECT id, organisation, scope, wrapped_by, wrapped FROM journal.keys WHERE id = ANY($1)
