-- Finds the number that stands for an organisation. ?1 name. Locks: a read snapshot.
SELECT id FROM organisations WHERE name = ?1
