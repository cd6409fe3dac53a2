-- Counts the full tiles and the ids of received events. Parameters: none. Locks: a read snapshot.
SELECT (SELECT count(*) FROM journal.tiles), (SELECT count(*) FROM journal.event_ids)
