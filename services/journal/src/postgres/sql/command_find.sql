-- Finds a command's first result. $1 id, $2 name of the organisation. Locks: a read snapshot.
WITH organisation AS MATERIALIZED (SELECT id FROM journal.organisations WHERE name = $2)
SELECT f.fingerprint, s.name, l.epoch, l.sequence, l.position
FROM organisation o
CROSS JOIN LATERAL (
    SELECT position, entries, fingerprint FROM journal.entries WHERE command = $1 AND organisation = o.id OFFSET 0
) f
CROSS JOIN LATERAL (
    SELECT source, epoch, sequence, position FROM journal.entries WHERE position = f.position + f.entries - 1 OFFSET 0
) l
JOIN journal.sources s ON s.id = l.source
UNION ALL
SELECT c.fingerprint, s.name, c.epoch, c.sequence, c.position
FROM organisation o
CROSS JOIN LATERAL (SELECT * FROM journal.empty_commands WHERE id = $1 AND organisation = o.id OFFSET 0) c
JOIN journal.sources s ON s.id = c.source
