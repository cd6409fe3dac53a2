-- Finds what the checksum of an emptied key needs. ?1 id. Locks: the writer's transaction.
SELECT organisation, scope, wrapped_by FROM keys WHERE id = ?1
