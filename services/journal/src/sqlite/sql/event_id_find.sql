-- Finds a received event by id. ?1 id. Locks: the writer's transaction.
SELECT position FROM event_ids WHERE id = ?1
