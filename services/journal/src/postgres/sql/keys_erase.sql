-- Empties keys and writes their table anew. $1 ids, $2 the emptied rows' sums. Locks: the table, to the transaction's end.
SELECT journal.erase_keys($1, $2)
