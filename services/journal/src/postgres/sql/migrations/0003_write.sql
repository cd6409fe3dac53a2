-- The functions through which a batch is written: one round trip, one commit. They run with the caller's privileges.
-- Parameters: none. Locks: runs once, in the owner's transaction that records this version.

-- Moves the head from where the writer believes it to be, under the writer's lease, and writes the batch's entries. Returns where its row lies now.
-- Locks: the head's row, to the end of the transaction. Errors: IJ001, the head or the lease has moved on; unique_violation,
-- something that was taken to be new is there.
CREATE FUNCTION journal.write(
    old_row tid, old_lease bigint, old_batch bigint, old_size bigint,
    new_size bigint, new_recorded bigint, new_epoch bigint, new_peaks bytea,
    entry_streams bytea[], entry_versions bigint[], entry_sources integer[], entry_epochs bigint[],
    entry_sequences bigint[], entry_event_ids bytea[], entry_lines bytea[],
    command_ids bytea[], command_organisations integer[], command_fingerprints bytea[], command_entries smallint[],
    command_sums bigint[],
    tile_levels smallint[], tile_numbers bigint[], tile_hashes bytea[]
) RETURNS tid LANGUAGE plpgsql AS $$
DECLARE
    new_row tid;
BEGIN
    UPDATE journal.head
    SET size = new_size, recorded = new_recorded, epoch = new_epoch, peaks = new_peaks, batch = old_batch + 1
    WHERE ctid = old_row AND id = 1 AND lease = old_lease AND batch = old_batch AND size = old_size
    RETURNING ctid INTO new_row;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the head or the lease has moved on' USING ERRCODE = 'IJ001';
    END IF;
    -- What was taken to be new and is there is found before anything is inserted: a batch that is rolled back would leave dead rows behind. Of commands the
    -- indexes would find only those with entries. OFFSET 0 keeps the order of the joins: each is looked up by an index, never all of them read.
    IF EXISTS (
        SELECT FROM unnest(command_ids, command_organisations) AS c (id, organisation)
        CROSS JOIN LATERAL (
            SELECT FROM journal.entries e WHERE e.command = c.id AND e.organisation = c.organisation OFFSET 0
        ) e
    ) OR EXISTS (
        SELECT FROM unnest(command_ids, command_organisations) AS c (id, organisation)
        CROSS JOIN LATERAL (
            SELECT FROM journal.empty_commands e WHERE e.id = c.id AND e.organisation = c.organisation OFFSET 0
        ) e
    ) OR EXISTS (
        SELECT FROM unnest(entry_streams, entry_versions) AS s (key, version)
        CROSS JOIN LATERAL (SELECT FROM journal.entries e WHERE e.stream = s.key AND e.version = 1 OFFSET 0) e
        WHERE s.version = 1
    ) THEN
        RAISE unique_violation USING MESSAGE = 'something that was taken to be new is there';
    END IF;
    INSERT INTO journal.entries (position, stream, version, source, epoch, sequence, event_id, line,
        command, organisation, fingerprint, entries, sum)
    SELECT old_size + e.number - 1, e.stream, e.version, e.source, e.epoch, e.sequence, e.event_id, e.line,
        e.command, e.organisation, e.fingerprint, e.entries, e.sum
    FROM unnest(entry_streams, entry_versions, entry_sources, entry_epochs, entry_sequences, entry_event_ids, entry_lines,
            command_ids, command_organisations, command_fingerprints, command_entries, command_sums)
        WITH ORDINALITY AS e (stream, version, source, epoch, sequence, event_id, line,
            command, organisation, fingerprint, entries, sum, number);
    IF cardinality(tile_levels) > 0 THEN
        INSERT INTO journal.tiles (level, number, hashes) SELECT * FROM unnest(tile_levels, tile_numbers, tile_hashes);
    END IF;
    RETURN new_row;
END
$$;

-- Writes what not every batch has, after `write` in the same statement.
-- Locks: those of `write`, and the rows of claimed files and moved cursors.
CREATE FUNCTION journal.write_beside(
    kind_names text[], kind_positions bigint[],
    source_ids integer[], source_names text[], source_owns boolean[],
    organisation_ids integer[], organisation_names text[],
    empty_ids bytea[], empty_organisations integer[], empty_fingerprints bytea[], empty_sources integer[],
    empty_epochs bigint[], empty_sequences bigint[], empty_positions bigint[], empty_sums bigint[],
    orphan_sources integer[], orphan_epochs bigint[], orphan_sequences bigint[],
    refused_positions bigint[], refused_sources text[], refused_epochs bigint[], refused_sequences bigint[],
    refused_from_positions bigint[], refused_reasons text[], refused_digests bytea[], refused_events bytea[],
    refused_sums bigint[],
    key_ids bytea[], key_organisations text[], key_scopes text[], key_wrapped_bys bytea[], key_wrappeds bytea[],
    key_sums bigint[],
    text_digests bytea[], text_keys bytea[], text_bound_tos text[], text_ciphertexts bytea[], text_sums bigint[],
    file_seqs bigint[], file_sums bigint[],
    cursor_reactions text[], cursor_nexts bigint[], cursor_sums bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(kind_names) > 0 THEN
        INSERT INTO journal.kinds (kind, position) SELECT * FROM unnest(kind_names, kind_positions)
        ON CONFLICT DO NOTHING;
    END IF;
    IF cardinality(source_ids) > 0 THEN
        INSERT INTO journal.sources (id, name, own) SELECT * FROM unnest(source_ids, source_names, source_owns);
    END IF;
    IF cardinality(organisation_ids) > 0 THEN
        INSERT INTO journal.organisations (id, name) SELECT * FROM unnest(organisation_ids, organisation_names);
    END IF;
    IF cardinality(empty_ids) > 0 THEN
        INSERT INTO journal.empty_commands (id, organisation, fingerprint, source, epoch, sequence, position, sum)
        SELECT * FROM unnest(empty_ids, empty_organisations, empty_fingerprints, empty_sources,
            empty_epochs, empty_sequences, empty_positions, empty_sums);
    END IF;
    IF cardinality(orphan_sources) > 0 THEN
        -- The entries of this batch are there already; the first epoch that cuts one off is the one that is kept.
        INSERT INTO journal.orphans (position, epoch)
        SELECT e.position, o.epoch
        FROM unnest(orphan_sources, orphan_epochs, orphan_sequences) WITH ORDINALITY AS o (source, epoch, sequence, number)
        JOIN journal.entries e ON e.source = o.source AND e.epoch < o.epoch AND e.sequence >= o.sequence
        ORDER BY o.number
        ON CONFLICT DO NOTHING;
    END IF;
    IF cardinality(refused_sources) > 0 THEN
        INSERT INTO journal.quarantine (position, source, epoch, sequence, from_position, reason, digest, event, sum)
        SELECT * FROM unnest(refused_positions, refused_sources, refused_epochs, refused_sequences,
            refused_from_positions, refused_reasons, refused_digests, refused_events, refused_sums)
        ON CONFLICT DO NOTHING;
    END IF;
    IF cardinality(key_ids) > 0 THEN
        -- Of a key that is known, or was erased, nothing is added: the writer looks it up and leaves it out when this fails.
        INSERT INTO journal.keys (id, organisation, scope, wrapped_by, sum)
        SELECT * FROM unnest(key_ids, key_organisations, key_scopes, key_wrapped_bys, key_sums);
        INSERT INTO journal.wrapped_keys (key, wrapped) SELECT * FROM unnest(key_ids, key_wrappeds);
    END IF;
    IF cardinality(text_digests) > 0 THEN
        INSERT INTO journal.texts (digest, key, bound_to, ciphertext, sum)
        SELECT * FROM unnest(text_digests, text_keys, text_bound_tos, text_ciphertexts, text_sums)
        ON CONFLICT DO NOTHING;
    END IF;
    IF cardinality(file_seqs) > 0 THEN
        UPDATE journal.files f SET claimed = 1, sum = c.sum
        FROM unnest(file_seqs, file_sums) AS c (seq, sum) WHERE f.seq = c.seq;
    END IF;
    IF cardinality(cursor_reactions) > 0 THEN
        INSERT INTO journal.cursors (reaction, next, sum)
        SELECT * FROM unnest(cursor_reactions, cursor_nexts, cursor_sums)
        ON CONFLICT (reaction) DO UPDATE SET next = excluded.next, sum = excluded.sum;
    END IF;
END
$$;

-- Writes anew the partitions in which these keys lie: with the key wrapped anew in the place of what was before, or, where that is NULL, without it. No
-- page of their files still holds what was there. Only for `erase_keys` and `rewrap_key`.
--
-- VACUUM could free the old rows but not at once, nor is it the service's to run. A partition is truncated, which gives it a new file and removes the
-- old one at the commit, and gets back what is to stay. What remains: the write-ahead log until it is recycled, and backups. Both hold the key only as it
-- is wrapped by its organisation's key, and both are kept no longer than the operator says; after a restore the ledger of erasures is replayed. Emptied
-- texts and chunks leave dead rows of ciphertext until autovacuum takes them: without its key it says nothing.
-- A snapshot from before the commit finds a truncated partition empty. Every statement of ours takes its locks first and then its snapshot; whoever keeps
-- one for longer must not read keys by it, and a dump is to be taken again (`backup.sh`).
-- Locks: each of these partitions, from when it is its turn to the transaction's end: whoever reads any key waits.
-- Other statements do without hash joins; here every row of a partition is compared with every id.
CREATE FUNCTION journal.rewrite_wrapped_keys(ids bytea[], wrapped_anew bytea[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_hashjoin = on SET enable_seqscan = on AS $$
DECLARE
    holding regclass[] := ARRAY(
        SELECT DISTINCT w.tableoid::regclass FROM journal.wrapped_keys w WHERE w.key = ANY(ids)
    );
    part regclass;
    kept_keys bytea[];
    kept_wrapped bytea[];
BEGIN
    FOR part IN SELECT p FROM unnest(holding) AS p ORDER BY p::text LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part);
        EXECUTE format('SELECT array_agg(w.key), array_agg(coalesce(c.wrapped, w.wrapped))
            FROM %s w LEFT JOIN unnest($1, $2) AS c (key, wrapped) ON c.key = w.key
            WHERE c.key IS NULL OR c.wrapped IS NOT NULL', part)
        INTO kept_keys, kept_wrapped USING ids, wrapped_anew;
        EXECUTE format('TRUNCATE %s', part);
        EXECUTE format('INSERT INTO %s (key, wrapped) SELECT * FROM unnest($1, $2)', part) USING kept_keys, kept_wrapped;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION journal.rewrite_wrapped_keys(bytea[], bytea[]) FROM PUBLIC;

-- Erases keys. $1 ids, $2 the erased rows' sums.
-- Locks: the partitions in which they lie, for as long as it takes to copy the rest of them.
CREATE FUNCTION journal.erase_keys(ids bytea[], erased_sums bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE journal.keys k SET erased = true, sum = e.sum
    FROM unnest(ids, erased_sums) AS e (id, sum) WHERE k.id = e.id AND NOT k.erased;
    PERFORM journal.rewrite_wrapped_keys(ids, array_fill(NULL::bytea, ARRAY[cardinality(ids)]));
END
$$;
REVOKE ALL ON FUNCTION journal.erase_keys(bytea[], bigint[]) FROM PUBLIC;

-- Puts another wrapping of the instance's own key in the place of the one before, which leaves no copy in a file: whoever has the master key of
-- before opens nothing of a later copy. Only the instance's own: no other key is ever wrapped in two ways.
-- Locks: the key's partition, for as long as it takes to copy it.
CREATE FUNCTION journal.rewrap_key(key_id bytea, key_scope text, new_wrapped bytea, new_sum bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE journal.keys SET sum = new_sum
    WHERE id = key_id AND organisation = '' AND scope = key_scope AND wrapped_by IS NULL AND NOT erased AND new_wrapped <> '';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM journal.rewrite_wrapped_keys(ARRAY[key_id], ARRAY[new_wrapped]);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION journal.rewrap_key(bytea, text, bytea, bigint) FROM PUBLIC;
