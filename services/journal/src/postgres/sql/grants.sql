-- What the service's own role may do, and nothing else: {role} is its quoted name.
-- Runs after every migration, in the owner's transaction. Locks: the tables' catalogue rows.
-- No UPDATE, DELETE or TRUNCATE on entries, tiles, sources, organisations, empty_commands: what is written stays written.
GRANT USAGE ON SCHEMA journal TO {role};
REVOKE ALL ON ALL TABLES IN SCHEMA journal FROM {role};
GRANT SELECT ON ALL TABLES IN SCHEMA journal TO {role};
GRANT INSERT ON journal.head, journal.sources, journal.organisations, journal.entries, journal.tiles, journal.empty_commands,
    journal.orphans, journal.quarantine, journal.kinds, journal.keys, journal.wrapped_keys, journal.texts, journal.files,
    journal.chunks, journal.cursors, journal.parked, journal.relays,
    journal.source_checkpoints, journal.credentials TO {role};
GRANT UPDATE (size, recorded, epoch, peaks, batch, lease) ON journal.head TO {role};
GRANT UPDATE (number, holder, address, until) ON journal.lease TO {role};
GRANT UPDATE (next, sum) ON journal.cursors TO {role};
GRANT UPDATE (position, reason, sum) ON journal.parked TO {role};
GRANT UPDATE (note, sum) ON journal.source_checkpoints TO {role};
GRANT UPDATE (kind, owner, expires, value, sum) ON journal.credentials TO {role};
GRANT UPDATE (stream_created, epoch, sequence, stream_sequence) ON journal.relays TO {role};
GRANT UPDATE (ciphertext) ON journal.texts, journal.chunks TO {role};
GRANT UPDATE (digest, key, plain_bytes, chunks, claimed, gone, sum) ON journal.files TO {role};
GRANT DELETE ON journal.parked, journal.credentials TO {role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA journal TO {role};
REVOKE EXECUTE ON FUNCTION journal.rewrite_wrapped_keys(bytea[], bytea[]) FROM {role};
