-- Tells where the journal stands, in one snapshot: the lease, the last entry of all, and each source with its own: one row a source, or one without a
-- source. Parameters: none. Locks: a read snapshot.
-- Not from the head's row: while a dump goes on, the database keeps each of its versions, and whoever reads it goes through them all.
-- OFFSET 0 keeps the order of the joins: however little the server knows of the tables, an entry is found through its source.
SELECT l.holder, l.address, l.until > clock_timestamp() AND l.holder <> '', e.position, e.line, s.*
FROM journal.lease l
LEFT JOIN LATERAL (SELECT position, line FROM journal.entries ORDER BY position DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (
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
    OFFSET 0
) s ON true
