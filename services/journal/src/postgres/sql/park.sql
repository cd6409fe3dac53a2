-- Parks an idea; parked again it stays as it is. $1 reaction, $2 correlation, $3 position, $4 reason, $5 sum.
-- Locks: the writer's transaction.
INSERT INTO journal.parked (reaction, correlation, position, reason, sum) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
