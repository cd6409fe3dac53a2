-- Counts what is listed beside the entries: refused events, entries that a restore at their source has cut off.
-- Parameters: none. Locks: a read snapshot.
SELECT (SELECT count(*) FROM journal.quarantine), (SELECT count(*) FROM journal.orphans)
