-- Finds keys; one is empty once it has been erased. $1 ids. Locks: a read snapshot.
SELECT k.id, k.organisation, k.scope, k.wrapped_by, CASE WHEN k.erased THEN ''::bytea ELSE (SELECT w.wrapped FROM journal.wrapped_keys w WHERE w.key = k.id) END
FROM journal.keys k WHERE k.id = ANY($1)
