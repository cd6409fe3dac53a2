-- Adds an organisation. ?1 number, ?2 name. Locks: the writer's transaction.
INSERT INTO organisations (id, name) VALUES (?1, ?2)
