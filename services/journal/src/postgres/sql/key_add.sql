-- Adds a wrapped key; a known id is left alone. $1 id, $2 organisation, $3 scope, $4 wrapped_by, $5 wrapped,
-- $6 sum.
-- Locks: the writer's transaction.
WITH added AS (
    INSERT INTO journal.keys (id, organisation, scope, wrapped_by, sum) VALUES ($1, $2, $3, $4, $6)
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO journal.wrapped_keys (key, wrapped) SELECT id, $5 FROM added
