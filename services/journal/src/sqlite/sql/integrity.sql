-- SQLite's own check of pages, indexes and constraints; "ok", or the first thing that is wrong. Parameters: none.
-- Locks: a read snapshot.
PRAGMA integrity_check(1)
