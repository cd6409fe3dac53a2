-- Gives the lease up. $1 number. Locks: the lease's row.
UPDATE journal.lease SET holder = '', address = '', until = '-infinity' WHERE id = 1 AND number = $1
