-- Lists the event types written here. Parameters: none. Locks: a read snapshot.
SELECT kind, position FROM kinds ORDER BY kind
