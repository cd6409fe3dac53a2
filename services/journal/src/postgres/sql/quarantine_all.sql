-- Lists refused events. Parameters: none. Locks: a read snapshot.
SELECT position, source, epoch, sequence, reason, digest, event FROM journal.quarantine ORDER BY id
