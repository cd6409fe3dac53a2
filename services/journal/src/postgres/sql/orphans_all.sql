-- Lists the orphans. Parameters: none. Locks: a read snapshot.
SELECT o.position, s.name, e.epoch, e.sequence, o.epoch
FROM journal.orphans o JOIN journal.entries e ON e.position = o.position JOIN journal.sources s ON s.id = e.source
ORDER BY o.position
