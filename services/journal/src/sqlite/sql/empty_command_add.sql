-- Remembers a command that had nothing to write. ?1 id, ?2 organisation, ?3 fingerprint, ?4 source, ?5 epoch, ?6 sequence, ?7 position, ?8 sum.
-- Locks: the writer's transaction.
INSERT INTO empty_commands (id, organisation, fingerprint, source, epoch, sequence, position, sum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
