-- Reads every command that had nothing to write, with its checksum. Parameters: none. Locks: a read snapshot.
SELECT c.id, o.name, c.fingerprint, c.source, c.epoch, c.sequence, c.position, c.sum
FROM journal.empty_commands c LEFT JOIN journal.organisations o ON o.id = c.organisation
