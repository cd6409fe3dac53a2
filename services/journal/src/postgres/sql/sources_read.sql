-- Reads all sources, each with its last entry, and where that stood in its own journal if it was refused. Parameters: none. Locks: a read snapshot.
-- OFFSET 0 keeps the order of the joins: however little the server knows of the tables, an entry is found through its source.
SELECT s.id, s.name, s.own, e.epoch, e.sequence, e.line, q.from_position
FROM journal.sources s
LEFT JOIN LATERAL (
    SELECT position, epoch, sequence, line FROM journal.entries
    WHERE source = s.id ORDER BY epoch DESC, sequence DESC LIMIT 1
) e ON true
LEFT JOIN LATERAL (
    SELECT from_position FROM journal.quarantine
    WHERE source = s.name AND epoch = e.epoch AND sequence = e.sequence AND position = e.position LIMIT 1
) q ON true
