-- Parks an idea; parked again, for what it is parked now. $1 reaction, $2 correlation, $3 position, $4 reason, $5 sum.
-- Locks: the writer's transaction.
INSERT INTO journal.parked (reaction, correlation, position, reason, sum) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (reaction, correlation) DO UPDATE SET position = excluded.position, reason = excluded.reason, sum = excluded.sum
