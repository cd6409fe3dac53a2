-- Reads the head. Parameters: none. Locks: a read snapshot.
SELECT name, size, recorded, epoch, peaks, batch, lease FROM journal.head WHERE id = 1
