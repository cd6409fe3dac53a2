-- Releases an idea. $1 reaction, $2 correlation. Locks: the writer's transaction.
DELETE FROM journal.parked WHERE reaction = $1 AND correlation = $2
