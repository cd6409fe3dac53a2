-- Finds the keys of an organisation's scope, oldest first; erased ones are empty. $1 organisation, $2 scope. Locks: a read snapshot.
SELECT k.id, k.organisation, k.scope, k.wrapped_by, CASE WHEN k.erased THEN ''::bytea ELSE (SELECT w.wrapped FROM journal.wrapped_keys w WHERE w.key = k.id) END
FROM journal.keys k WHERE k.organisation = $1 AND k.scope = $2 ORDER BY k.seq
