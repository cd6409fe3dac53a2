-- Erases keys, and writes their drawers anew. $1 ids, $2 the erased rows' sums. Locks: the drawers, to the transaction's end.
SELECT journal.erase_keys($1, $2)
