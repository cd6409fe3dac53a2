-- Marks files as gone. $1 seqs, $2 sums. Locks: the writer's transaction.
UPDATE journal.files f SET gone = 1, sum = g.sum FROM unnest($1::bigint[], $2::bigint[]) AS g (seq, sum) WHERE f.seq = g.seq
