-- Reads all organisations. Parameters: none. Locks: a read snapshot.
SELECT name, id FROM journal.organisations
