-- Finds a scope's keys, oldest first; erased ones are empty. $1 scope. Locks: a read snapshot.
SELECT id, scope, wrapped_by, wrapped FROM journal.keys WHERE scope = $1 ORDER BY seq
