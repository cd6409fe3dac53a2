-- Forgets a credential. $1 hash. Locks: the writer's transaction.
DELETE FROM journal.credentials WHERE hash = $1
