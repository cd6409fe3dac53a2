-- Adds an entry. ?1 position, ?2 stream, ?3 version, ?4 source, ?5 epoch, ?6 sequence, ?7 line.
-- Locks: the writer's transaction. The unique indexes are a second guard: the writer has checked before.
INSERT INTO entries (position, stream, version, source, epoch, sequence, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
