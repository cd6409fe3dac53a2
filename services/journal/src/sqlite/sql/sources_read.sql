-- Reads all sources, each with its last entry, whose line tells where it stood in its own journal, or, if it was refused, where its source said that it
-- stood. Parameters: none. Locks: a read snapshot.
SELECT s.id, s.name, s.own, e.epoch, e.sequence, CASE WHEN s.own = 0 THEN e.line END, (
    SELECT q.from_position FROM quarantine q
    WHERE s.own = 0 AND q.source = s.name AND q.epoch = e.epoch AND q.sequence = e.sequence AND q.position = e.position
)
FROM sources s LEFT JOIN entries e ON e.position = (
    SELECT position FROM entries WHERE source = s.id ORDER BY epoch DESC, sequence DESC LIMIT 1
)
