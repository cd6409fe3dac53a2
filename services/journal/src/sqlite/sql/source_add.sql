-- Adds a source. ?1 id, ?2 name, ?3 own. Locks: the writer's transaction.
INSERT INTO sources (id, name, own) VALUES (?1, ?2, ?3)
