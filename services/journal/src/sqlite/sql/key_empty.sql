-- Empties a key in place. ?1 id, ?2 the emptied row's sum. Locks: the writer's transaction; secure_delete zeroes it.
UPDATE keys SET wrapped = x'', sum = ?2 WHERE id = ?1 AND length(wrapped) > 0
