-- Finds how far a relay has come. $1 source. Locks: a read snapshot.
SELECT stream_created, epoch, sequence, stream_sequence FROM journal.relays WHERE source = $1
