-- Adds a stream; its rowid is the id. ?1 name. Locks: the writer's transaction.
INSERT INTO streams (name) VALUES (?1)
