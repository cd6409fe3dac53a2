-- The newest version of the tables. Parameters: none. Locks: none.
SELECT max(version) FROM journal.schema_version
