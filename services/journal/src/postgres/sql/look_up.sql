-- Finds what a batch's decisions need to know: one row for everything that is there.
-- $1 ids of commands, $2 names of streams, $3 ids of received events, $4 ids of keys, $5 digests of files.
-- Shape: what it is, then columns by what it is: a bytes, b text, c bytes, d text, and five numbers.
-- Locks: a read snapshot; only the writer changes what it reads.
SELECT 1::smallint, c.id, c.organisation, c.fingerprint, s.name, c.epoch, c.sequence, c.position, NULL::bigint, NULL::bigint
FROM journal.commands c JOIN journal.sources s ON s.id = c.source WHERE c.id = ANY($1)
UNION ALL
SELECT 2::smallint, NULL, s.name, NULL, NULL, s.id,
    (SELECT e.version FROM journal.entries e WHERE e.stream = s.id ORDER BY e.version DESC LIMIT 1), NULL, NULL, NULL
FROM journal.streams s WHERE s.name = ANY($2)
UNION ALL
SELECT 3::smallint, i.id, NULL, NULL, NULL, i.position, NULL, NULL, NULL, NULL FROM journal.event_ids i WHERE i.id = ANY($3)
UNION ALL
SELECT 4::smallint, k.id, NULL, NULL, NULL, (NOT k.erased)::integer::bigint, NULL, NULL, NULL, NULL FROM journal.keys k WHERE k.id = ANY($4)
UNION ALL
SELECT 5::smallint, f.digest, NULL, f.upload || f.key, NULL, f.seq, f.began, f.plain_bytes, f.chunks, f.claimed
FROM journal.files f WHERE f.digest = ANY($5) AND f.gone = 0
