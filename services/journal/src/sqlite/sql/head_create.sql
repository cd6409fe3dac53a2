-- Writes the first head. ?1 name, ?2 empty peaks. Locks: the transaction that creates the file.
INSERT INTO head (id, name, size, recorded, epoch, peaks) VALUES (1, ?1, 0, 0, 1, ?2)
