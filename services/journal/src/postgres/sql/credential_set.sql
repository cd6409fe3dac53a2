-- Keeps a credential in place of what was kept under its hash. $1 hash, $2 kind, $3 expires, $4 value, $5 sum.
-- Locks: the writer's transaction.
INSERT INTO journal.credentials (hash, kind, expires, value, sum) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (hash) DO UPDATE SET kind = excluded.kind, expires = excluded.expires, value = excluded.value, sum = excluded.sum
