-- Reads the head, and where its row lies. Parameters: none. Locks: a read snapshot.
SELECT name, size, recorded, epoch, peaks, batch, lease, ctid::text FROM journal.head WHERE id = 1
