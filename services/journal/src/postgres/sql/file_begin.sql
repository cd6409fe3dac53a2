-- Begins an upload unless it has begun. $1 upload, $2 now, $3 sum. Locks: the writer's transaction.
INSERT INTO journal.files (upload, began, sum) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
