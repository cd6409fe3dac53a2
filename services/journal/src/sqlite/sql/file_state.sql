-- Claims a file or marks it gone. ?1 seq, ?2 claimed, ?3 gone, ?4 sum. Locks: the writer's transaction.
UPDATE files SET claimed = ?2, gone = ?3, sum = ?4 WHERE seq = ?1
