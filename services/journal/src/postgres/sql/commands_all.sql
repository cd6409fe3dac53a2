-- Reads every command with its checksum. Parameters: none. Locks: a read snapshot.
SELECT id, organisation, fingerprint, source, epoch, sequence, position, sum FROM journal.commands
