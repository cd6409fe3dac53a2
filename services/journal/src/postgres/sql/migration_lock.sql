-- Keeps other processes from migrating the same database. $1 the lock's number. Locks: advisory, to the session's end.
SELECT pg_advisory_lock($1)
