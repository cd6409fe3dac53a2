-- Tells the digests of everything that keys have ever sealed, erased or not. $1 keys. Locks: the writer's transaction.
SELECT digest FROM journal.texts WHERE key = ANY($1)
UNION ALL SELECT digest FROM journal.files WHERE key = ANY($1) AND digest IS NOT NULL
