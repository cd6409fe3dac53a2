-- Moves a source at the end of a batch. ?1 id, ?2 epoch, ?3 sequence, ?4 from_position. Locks: the writer's transaction.
UPDATE sources SET epoch = ?2, sequence = ?3, from_position = ?4 WHERE id = ?1
