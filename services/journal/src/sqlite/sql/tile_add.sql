-- Adds a full tile. ?1 level, ?2 number, ?3 hashes. Locks: the writer's transaction.
INSERT INTO tiles (level, number, hashes) VALUES (?1, ?2, ?3)
