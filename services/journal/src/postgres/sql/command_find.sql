-- Finds commands' first results. $1 ids; the organisation is compared by the caller. Locks: a read snapshot.
SELECT c.id, c.organisation, c.fingerprint, s.name, c.epoch, c.sequence, c.position
FROM journal.commands c JOIN journal.sources s ON s.id = c.source WHERE c.id = ANY($1)
