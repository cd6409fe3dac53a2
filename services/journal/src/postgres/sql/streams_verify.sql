-- Finds an own stream whose versions do not run from 1 without a gap: an entry of it. Parameters: none. Locks: a read snapshot.
SELECT min(position) FROM journal.entries WHERE source IN (SELECT id FROM journal.sources WHERE own) AND stream IS NOT NULL
GROUP BY stream HAVING min(version) <> 1 OR max(version) <> count(*) LIMIT 1
