-- Lists refused events. Parameters: none. Locks: a read snapshot.
SELECT position, source, epoch, sequence, reason, digest, event, from_position, sum FROM quarantine ORDER BY id
