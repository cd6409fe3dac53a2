-- Counts the ids of received events. Parameters: none. Locks: a read snapshot.
SELECT count(*) FROM event_ids
