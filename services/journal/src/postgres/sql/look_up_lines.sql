-- Finds the lines that stand at places in sources already. $1 source names, $2 epochs, $3 sequences.
-- Locks: a read snapshot; only the writer changes what it reads.
SELECT s.name, e.epoch, e.sequence, e.line
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w (source, epoch, sequence)
JOIN journal.sources s ON s.name = w.source
JOIN journal.entries e ON e.source = s.id AND e.epoch = w.epoch AND e.sequence = w.sequence
