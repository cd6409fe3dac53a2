-- Finds a scope's keys that have not been erased, oldest first. ?1 scope. Locks: a read snapshot.
SELECT id, scope, wrapped_by, wrapped FROM keys WHERE scope = ?1 AND length(wrapped) > 0 ORDER BY seq
