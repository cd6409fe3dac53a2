-- Tells where the journal stands, in one snapshot: the lease, the last entry of all, and each source with its own: one row a source, or one without a
-- source. Parameters: none. Locks: a read snapshot.
-- Not from the head's row: while a dump goes on, the database keeps each of its versions, and whoever reads it goes through them all.
SELECT l.holder, l.address, l.until > clock_timestamp() AND l.holder <> '', e.position, e.line,
    s.id, s.name, s.own, s.epoch, s.sequence, s.line, s.from_position
FROM journal.lease l
LEFT JOIN LATERAL (SELECT position, line FROM journal.entries ORDER BY position DESC LIMIT 1) e ON true
LEFT JOIN journal.source_ends s ON true
