-- Reads all credentials. Parameters: none. Locks: a read snapshot.
SELECT hash, kind, owner, expires, value, sum FROM journal.credentials
