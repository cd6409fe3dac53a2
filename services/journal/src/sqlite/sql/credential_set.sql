-- Keeps a credential in place of what was kept under its hash. ?1 hash, ?2 kind, ?3 owner, ?4 expires, ?5 value, ?6 sum.
-- Locks: the writer's transaction.
INSERT INTO credentials (hash, kind, owner, expires, value, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (hash) DO UPDATE SET kind = excluded.kind, owner = excluded.owner, expires = excluded.expires, value = excluded.value, sum = excluded.sum
