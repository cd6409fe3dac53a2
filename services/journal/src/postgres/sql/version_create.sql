-- Makes the schema and the list of its versions, where they are not there. Parameters: none.
-- Locks: the first migration's transaction, after the advisory lock.
CREATE SCHEMA IF NOT EXISTS journal;
CREATE TABLE IF NOT EXISTS journal.schema_version (
    version integer PRIMARY KEY,
    applied timestamptz NOT NULL DEFAULT now()
)
