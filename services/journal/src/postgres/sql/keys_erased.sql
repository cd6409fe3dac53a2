-- The ids of keys that were erased. Parameters: none. Locks: a read snapshot.
SELECT id FROM journal.keys WHERE wrapped = '' ORDER BY seq
