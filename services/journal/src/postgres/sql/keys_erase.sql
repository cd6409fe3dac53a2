-- Erases keys, and writes anew the partitions in which they lay. $1 ids, $2 the erased rows' sums.
-- Locks: those partitions, to the transaction's end.
SELECT journal.erase_keys($1, $2)
