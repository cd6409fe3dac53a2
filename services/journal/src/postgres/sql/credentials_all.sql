-- Reads all credentials. Parameters: none. Locks: a read snapshot.
SELECT hash, kind, expires, value, sum FROM journal.credentials
