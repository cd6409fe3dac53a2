-- Writes the first head, if there is none. $1 name. Locks: the row.
INSERT INTO journal.head (id, name, size, recorded, epoch, peaks, batch, lease) VALUES (1, $1, 0, 0, 1, '', 0, 0)
ON CONFLICT DO NOTHING
