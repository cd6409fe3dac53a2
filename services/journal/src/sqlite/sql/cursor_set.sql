-- Moves a cursor. ?1 reaction, ?2 next, ?3 sum. Locks: the writer's transaction.
INSERT INTO cursors (reaction, next, sum) VALUES (?1, ?2, ?3)
ON CONFLICT (reaction) DO UPDATE SET next = excluded.next, sum = excluded.sum
