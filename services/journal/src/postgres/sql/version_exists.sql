-- Whether the list of versions is there. Parameters: none. Locks: none.
SELECT to_regclass('journal.schema_version') IS NOT NULL
