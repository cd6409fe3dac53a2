-- Finds a key that has not been erased. ?1 id. Locks: a read snapshot or the writer's transaction.
SELECT id, scope, wrapped_by, wrapped FROM keys WHERE id = ?1 AND length(wrapped) > 0
