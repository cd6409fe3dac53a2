-- Finds a command's first result. ?1 id, ?2 organisation. Locks: a read snapshot or the writer's transaction.
SELECT f.fingerprint, s.name, l.epoch, l.sequence, l.position
FROM entries f JOIN entries l ON l.position = f.position + f.entries - 1 JOIN sources s ON s.id = l.source
WHERE f.command = ?1 AND f.organisation = ?2
UNION ALL
SELECT c.fingerprint, s.name, c.epoch, c.sequence, c.position FROM empty_commands c JOIN sources s ON s.id = c.source
WHERE c.id = ?1 AND c.organisation = ?2
