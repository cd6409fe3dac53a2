-- Finds a command's first result. ?1 id, ?2 organisation. Locks: a read snapshot or the writer's transaction.
SELECT c.fingerprint, s.name, c.epoch, c.sequence, c.position FROM commands c JOIN sources s ON s.id = c.source
WHERE c.id = ?1 AND c.organisation = ?2
