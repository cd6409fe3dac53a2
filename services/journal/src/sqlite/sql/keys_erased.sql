-- The ids of keys that were erased. Parameters: none. Locks: none.
SELECT id FROM keys WHERE wrapped = x'';
