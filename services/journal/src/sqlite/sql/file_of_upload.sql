-- Finds an upload. ?1 upload. Locks: the writer's transaction.
SELECT seq, began, digest, gone FROM files WHERE upload = ?1
