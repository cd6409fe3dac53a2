-- Finds the lines that stand at places in sources already. $1 source names, $2 epochs, $3 sequences.
-- OFFSET 0 keeps the order of the joins: however little the server knows of the tables, an entry is found through its source.
-- Locks: a read snapshot; only the writer changes what it reads.
SELECT w.source, e.epoch, e.sequence, e.line
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (source, epoch, sequence)
CROSS JOIN LATERAL (SELECT id FROM journal.sources WHERE name = w.source OFFSET 0) s
CROSS JOIN LATERAL (
    SELECT epoch, sequence, line FROM journal.entries
    WHERE source = s.id AND epoch = w.epoch AND sequence = w.sequence OFFSET 0
) e
