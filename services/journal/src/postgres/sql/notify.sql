-- Wakes the replicas that listen. Parameters: none.
-- Locks: at its commit one that all notifications of the server share; so it is never part of a batch.
SELECT pg_notify('journal', '')
