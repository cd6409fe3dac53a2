-- Lists the event types written here. Parameters: none. Locks: a read snapshot.
SELECT kind FROM journal.kinds
