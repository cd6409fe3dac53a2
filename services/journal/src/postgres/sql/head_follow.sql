-- Reads the head with every source and the lease, in one snapshot: one row a source, or one without a source.
-- Parameters: none. Locks: a read snapshot.
SELECT h.size, h.recorded, h.epoch, l.holder, l.address, l.until > clock_timestamp() AND l.holder <> '',
    s.name, s.own, s.epoch, s.sequence, s.from_position
FROM journal.head h CROSS JOIN journal.lease l LEFT JOIN journal.sources s ON true
