-- Adds a wrapped key; a known id is left alone. $1 id, $2 scope, $3 wrapped_by, $4 wrapped, $5 sum.
-- Locks: the writer's transaction.
INSERT INTO journal.keys (id, scope, wrapped_by, wrapped, sum) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
