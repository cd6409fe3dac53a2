-- Forgets a credential. ?1 hash. Locks: the writer's transaction.
DELETE FROM credentials WHERE hash = ?1
