-- Reads the head. Parameters: none. Locks: a read snapshot.
SELECT name, size, recorded, epoch, peaks FROM head WHERE id = 1
