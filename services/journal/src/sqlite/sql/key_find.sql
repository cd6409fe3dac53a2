-- Finds a key; it is empty once it has been erased. ?1 id. Locks: a read snapshot or the writer's transaction.
SELECT id, organisation, scope, wrapped_by, wrapped FROM keys WHERE id = ?1
