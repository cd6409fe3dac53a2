-- Renews the lease. $1 number, $2 milliseconds. Returns no row when it has changed hands. Locks: the lease's row.
UPDATE journal.lease SET until = clock_timestamp() + $2 * interval '1 millisecond' WHERE id = 1 AND number = $1
RETURNING number
