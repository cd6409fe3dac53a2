-- Writes a batch and commits by itself. Parameters: those of `journal.write`. Returns where the head's row lies now. Locks: the head's row.
SELECT journal.write(
    $1::text::tid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
    $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
)::text
