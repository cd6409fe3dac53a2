-- Forgets credentials whose time is over. ?1 expired before. Locks: the writer's transaction.
DELETE FROM credentials WHERE expires < ?1
