-- Finds streams whose versions do not run from 1 without a gap. Parameters: none. Locks: a read snapshot.
SELECT s.name FROM journal.streams s LEFT JOIN (
    SELECT stream, count(*) AS entries, min(version) AS lowest, max(version) AS highest
    FROM journal.entries WHERE stream IS NOT NULL GROUP BY stream
) e ON e.stream = s.id
WHERE e.stream IS NULL OR e.lowest <> 1 OR e.highest <> e.entries LIMIT 1
