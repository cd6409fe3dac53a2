-- Tells a stream's version; 0: it has no entry. $1 key. Locks: a read snapshot.
SELECT coalesce(max(version), 0)::bigint FROM journal.entries WHERE stream = $1
