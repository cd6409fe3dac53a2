-- Holds the head's row for a transaction, if the lease is still the writer's. $1 number. Returns no row if it is not.
-- Locks: the head's row, to the end of the transaction: whoever takes the lease waits for it.
SELECT 1 FROM journal.head WHERE id = 1 AND lease = $1 FOR UPDATE
