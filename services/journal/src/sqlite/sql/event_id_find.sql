-- Whether a received event has an id. ?1 id. Locks: the writer's transaction.
SELECT 1 FROM entries WHERE event_id = ?1
