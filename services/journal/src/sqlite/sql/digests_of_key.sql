-- Tells the digests of everything that a key has ever sealed, erased or not. ?1 key. Locks: the writer's transaction.
SELECT digest FROM texts WHERE key = ?1
UNION ALL SELECT digest FROM files WHERE key = ?1 AND digest IS NOT NULL
