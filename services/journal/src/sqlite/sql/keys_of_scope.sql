-- Finds the keys of an organisation's scope, oldest first; erased ones are empty. ?1 organisation, ?2 scope. Locks: a read snapshot.
SELECT id, organisation, scope, wrapped_by, wrapped FROM keys WHERE organisation = ?1 AND scope = ?2 ORDER BY seq
