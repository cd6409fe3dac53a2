-- Moves a relay. $1 source, $2 stream_created, $3 epoch, $4 sequence, $5 stream_sequence. Locks: the writer's transaction.
INSERT INTO journal.relays (source, stream_created, epoch, sequence, stream_sequence) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (source) DO UPDATE SET stream_created = excluded.stream_created, epoch = excluded.epoch,
    sequence = excluded.sequence, stream_sequence = excluded.stream_sequence
