-- Counts the entries of a source from a position of this journal on. ?1 source name, ?2 position. Locks: a read snapshot.
-- In which order they stand here, they stand in their source: all after the first are found by the source's own index.
SELECT count(*) FROM entries
WHERE source = (SELECT id FROM sources WHERE name = ?1) AND (epoch, sequence) >= (
    SELECT epoch, sequence FROM entries
    WHERE position >= ?2 AND source = (SELECT id FROM sources WHERE name = ?1) ORDER BY position LIMIT 1
)
