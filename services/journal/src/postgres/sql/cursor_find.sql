-- Reads a cursor. $1 reaction. Locks: a read snapshot.
SELECT next FROM journal.cursors WHERE reaction = $1
