-- Takes the lease if it is free, has run out, or is this process's own, and writes its new number into the head, so that
-- the former holder's batch can never commit. $1 holder, $2 address, $3 milliseconds. Returns the number, or no row.
-- Locks: the rows of the lease and of the head; waits for a batch that is being written.
WITH taken AS (
    UPDATE journal.lease
    SET number = number + 1, holder = $1, address = $2, until = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE id = 1 AND (holder IN ('', $1) OR until < clock_timestamp())
    RETURNING number
)
UPDATE journal.head SET lease = taken.number FROM taken WHERE id = 1 RETURNING lease
