-- Moves the head at the end of a batch. ?1 size, ?2 recorded, ?3 epoch, ?4 peaks. Locks: the writer's transaction.
UPDATE head SET size = ?1, recorded = ?2, epoch = ?3, peaks = ?4 WHERE id = 1
