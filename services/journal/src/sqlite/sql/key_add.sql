-- Adds a wrapped key; a known id is left alone. ?1 id, ?2 organisation, ?3 scope, ?4 wrapped_by, ?5 wrapped,
-- ?6 sum.
-- Locks: the writer's transaction.
INSERT OR IGNORE INTO keys (id, organisation, scope, wrapped_by, wrapped, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
