-- The ids of keys that were erased. Parameters: none. Locks: a read snapshot.
SELECT id FROM journal.keys WHERE erased ORDER BY seq
