-- Remembers a received event's id. ?1 id, ?2 position. Locks: the writer's transaction.
INSERT INTO event_ids (id, position) VALUES (?1, ?2)
