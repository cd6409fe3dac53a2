-- Reads the credentials of a kind that are somebody's. $1 kind, $2 owner, $3 the most. Locks: a read snapshot.
SELECT hash, expires, value FROM journal.credentials WHERE kind = $1 AND owner = $2 ORDER BY hash LIMIT $3
