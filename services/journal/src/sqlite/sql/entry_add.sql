-- Adds an entry. ?1 position, ?2 stream, ?3 version, ?4 source, ?5 epoch, ?6 sequence, ?7 id of a received event; of the command whose first entry it
-- is ?8 id, ?9 organisation, ?10 fingerprint, ?11 how many entries, ?12 sum; ?13 line.
-- Locks: the writer's transaction. The unique indexes are a second guard: the writer has checked before.
INSERT INTO entries (position, stream, version, source, epoch, sequence, event_id, command, organisation, fingerprint, entries, sum, line)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
