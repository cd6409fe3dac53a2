-- Puts another wrapping of the instance's own key in the place of the one before, and writes its partition anew. $1 id, $2 scope, $3 wrapped,
-- $4 the row's sum. Locks: the partition, to the transaction's end.
SELECT journal.rewrap_key($1, $2, $3, $4)
