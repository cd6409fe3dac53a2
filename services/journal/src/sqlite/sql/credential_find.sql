-- Finds what is kept of a secret. ?1 hash. Locks: a read snapshot.
SELECT kind, owner, expires, value FROM credentials WHERE hash = ?1
