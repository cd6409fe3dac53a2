-- Reads all sources, each with its last entry, and where that stood in its own journal if it was refused. Parameters: none. Locks: a read snapshot.
SELECT s.id, s.name, s.own, e.epoch, e.sequence, e.line, (
    SELECT q.from_position FROM quarantine q
    WHERE q.source = s.name AND q.epoch = e.epoch AND q.sequence = e.sequence AND q.position = e.position
)
FROM sources s LEFT JOIN entries e ON e.position = (
    SELECT position FROM entries WHERE source = s.id ORDER BY epoch DESC, sequence DESC LIMIT 1
)
