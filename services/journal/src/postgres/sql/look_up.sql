-- Finds what a batch's decisions need to know: one row for everything that is there.
-- $1 ids of commands, $2 keys of streams, $3 ids of received events, $4 ids of keys, $5 digests of files.
-- Shape: what it is, then columns by what it is: a bytes, b bytes, c text, and five numbers.
-- OFFSET 0 keeps the order of the joins: however little the server knows of the tables, an entry is found by what is asked for.
-- Locks: a read snapshot; only the writer changes what it reads.
SELECT 1::smallint, f.command, f.fingerprint, s.name, f.organisation::bigint, l.epoch, l.sequence, l.position, NULL::bigint
FROM (SELECT command, fingerprint, organisation, position, entries FROM journal.entries WHERE command = ANY($1) OFFSET 0) f
CROSS JOIN LATERAL (
    SELECT source, epoch, sequence, position FROM journal.entries WHERE position = f.position + f.entries - 1 OFFSET 0
) l
JOIN journal.sources s ON s.id = l.source
UNION ALL
SELECT 1::smallint, c.id, c.fingerprint, s.name, c.organisation::bigint, c.epoch, c.sequence, c.position, NULL
FROM (SELECT * FROM journal.empty_commands WHERE id = ANY($1) OFFSET 0) c JOIN journal.sources s ON s.id = c.source
UNION ALL
SELECT 2::smallint, k.key, NULL, NULL, e.version, NULL, NULL, NULL, NULL
FROM unnest($2::bytea[]) AS k (key)
CROSS JOIN LATERAL (SELECT version FROM journal.entries WHERE stream = k.key ORDER BY version DESC LIMIT 1) e
UNION ALL
SELECT 3::smallint, event_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM journal.entries WHERE event_id = ANY($3)
UNION ALL
SELECT 4::smallint, k.id, NULL, NULL, (NOT k.erased)::integer::bigint, NULL, NULL, NULL, NULL FROM journal.keys k WHERE k.id = ANY($4)
UNION ALL
SELECT 5::smallint, f.digest, f.upload || f.key, NULL, f.seq, f.began, f.plain_bytes, f.chunks, f.claimed
FROM journal.files f WHERE f.digest = ANY($5) AND f.gone = 0
