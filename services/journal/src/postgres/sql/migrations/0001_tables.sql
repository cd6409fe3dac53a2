-- The tables of a journal, all in the schema `journal` of the service's own database.
-- Parameters: none. Locks: runs once, in the owner's transaction that records this version.
-- Nothing updates or deletes a row of `sources`, `organisations`, `entries`, `tiles`, `empty_commands`, `orphans`, `quarantine` or `kinds`.
-- Positions and the numbers of sources and organisations are given by the one writer, never by a database sequence: that would leave gaps, and show
-- commits out of order.

-- Where the journal stands: one row. Its lock is what makes positions gapless. The writer finds it by where it lies (`ctid`): while a dump goes on, the
-- database keeps every version of it, and a look-up by its key would go through them all. Where the row was moved by others, as VACUUM FULL does, the
-- writer takes it for a lease that is lost, and takes it anew.
CREATE TABLE journal.head (
    id       smallint PRIMARY KEY CHECK (id = 1),
    name     text NOT NULL,    -- /<instance>/<service>
    size     bigint NOT NULL,  -- how many entries; also the next position
    recorded bigint NOT NULL,  -- of the last entry, UTC microseconds
    epoch    bigint NOT NULL,  -- in force, from 1
    peaks    bytea NOT NULL,   -- the tree's complete subtrees, largest first, 32 bytes each
    batch    bigint NOT NULL,  -- how many batches were written: tells whether a commit took place whose answer was lost
    lease    bigint NOT NULL   -- the number of the lease under which alone it may be moved
);

-- Who may write: one row.
CREATE TABLE journal.lease (
    id      smallint PRIMARY KEY CHECK (id = 1),
    number  bigint NOT NULL,       -- one more at every change of hands
    holder  text NOT NULL,         -- a random id of the process's store; empty: nobody
    address text NOT NULL,         -- where its gRPC is reached
    until   timestamptz NOT NULL   -- by the database's clock
);
INSERT INTO journal.lease (id, number, holder, address, until) VALUES (1, 0, '', '', '-infinity');

-- The sources that stand here, own and foreign. How far each has come, its last entry tells.
CREATE TABLE journal.sources (
    id   integer PRIMARY KEY,
    name text NOT NULL UNIQUE,  -- /<instance>/<service>/<audience>
    own  boolean NOT NULL       -- written here, or received
);

-- The numbers that stand for organisations.
CREATE TABLE journal.organisations (
    id   integer PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- The entries. On the first entry of a command stands what makes sure that the command is carried out once, and where it ended.
CREATE TABLE journal.entries (
    position     bigint PRIMARY KEY,
    version      bigint,            -- of own events in their stream, from 1; of received ones their position + 1
    epoch        bigint NOT NULL,
    sequence     bigint NOT NULL,
    source       integer NOT NULL,
    organisation integer,           -- whose command it is; like `entries`, `sum`, `command` and `fingerprint`, on its first entry alone
    sum          bigint,            -- checksum of these, with the position
    entries      smallint,          -- how many it has; its result speaks of the last
    stream       bytea,             -- 16 bytes: the beginning of its id, and SHA-256 over who writes it and its name; NULL for what was refused
    command      bytea,             -- the sender's id of it, 16 bytes
    fingerprint  bytea,             -- 32 bytes
    event_id     bytea,             -- of received events: 16 bytes of a UUID, or the id's text. Own ids follow from commands, which are unique
    line         bytea NOT NULL,    -- exactly the bytes that were hashed, without a newline
    CHECK (num_nulls(command, organisation, fingerprint, entries, sum) IN (0, 5))
);
CREATE UNIQUE INDEX entries_by_stream ON journal.entries (stream, version) WHERE stream IS NOT NULL;
CREATE UNIQUE INDEX entries_by_source ON journal.entries (source, epoch, sequence);
CREATE UNIQUE INDEX entries_by_command ON journal.entries (command, organisation) WHERE command IS NOT NULL;
CREATE UNIQUE INDEX entries_by_event_id ON journal.entries (event_id) WHERE event_id IS NOT NULL;

-- Full tiles of the tree: 256 hashes of 32 bytes, which nothing compresses.
CREATE TABLE journal.tiles (
    level  smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, number)
);
ALTER TABLE journal.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- Commands that were accepted and had nothing to write.
CREATE TABLE journal.empty_commands (
    organisation integer NOT NULL,
    id           bytea NOT NULL,     -- the sender's, 16 bytes
    fingerprint  bytea NOT NULL,     -- 32 bytes
    source       integer NOT NULL,   -- the first result, from here on
    epoch        bigint NOT NULL,
    sequence     bigint NOT NULL,
    position     bigint NOT NULL,
    sum          bigint NOT NULL,    -- checksum of the row
    PRIMARY KEY (id, organisation)
);

-- Received events that a restore at their source has cut off: kept, listed, not undone.
CREATE TABLE journal.orphans (
    position bigint PRIMARY KEY,
    epoch    bigint NOT NULL  -- the epoch whose opening cut it off
);

-- The bytes of refused events. `position` is NULL when even the place was taken.
CREATE TABLE journal.quarantine (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position      bigint,
    source        text NOT NULL,
    epoch         bigint NOT NULL,
    sequence      bigint NOT NULL,
    from_position bigint NOT NULL,  -- in the source's own journal
    reason        text NOT NULL,
    digest        bytea NOT NULL,   -- SHA-256 of `event`
    event         bytea NOT NULL,
    sum           bigint NOT NULL,  -- checksum of what the source said of it
    UNIQUE (source, epoch, sequence, digest)
);

-- Event types written here: a binary that does not know one of them must not go on.
CREATE TABLE journal.kinds (
    kind     text PRIMARY KEY,
    position bigint NOT NULL  -- where it stood first
);

-- What is known of keys; the wrapped key itself lies in `wrapped_keys` until it is erased.
CREATE TABLE journal.keys (
    seq          bigint GENERATED ALWAYS AS IDENTITY,
    id           bytea PRIMARY KEY,  -- 16 bytes
    organisation text NOT NULL,      -- whose; empty: the instance's
    scope        text NOT NULL,      -- what it protects
    wrapped_by   bytea,              -- NULL: the master key
    erased       boolean NOT NULL DEFAULT false,
    sum          bigint NOT NULL     -- checksum of the row, and of the wrapped key
);
CREATE INDEX keys_by_scope ON journal.keys (organisation, scope);
CREATE INDEX keys_erased ON journal.keys (seq) WHERE erased;

-- The wrapped keys, in partitions, since an erasure writes anew what it takes a key from (see `rewrite_wrapped_keys`): a sixteenth, not all of them.
-- Their names sort as their remainders do: whoever reads locks them in that order, also where a dump was put back.
CREATE TABLE journal.wrapped_keys (
    key     bytea PRIMARY KEY,  -- of `keys`
    wrapped bytea NOT NULL      -- nonce and ciphertext
) PARTITION BY HASH (key);
DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format('CREATE TABLE journal.wrapped_keys_%s PARTITION OF journal.wrapped_keys FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            lpad(remainder::text, 2, '0'), remainder);
    END LOOP;
END
$$;

-- Sealed texts, addressed by the SHA-256 of their ciphertext.
CREATE TABLE journal.texts (
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    digest     bytea PRIMARY KEY,
    key        bytea NOT NULL,
    bound_to   text NOT NULL,
    ciphertext bytea NOT NULL,     -- empty: erased
    sum        bigint NOT NULL     -- checksum of `digest`, `key` and `bound_to`
);
ALTER TABLE journal.texts ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
CREATE INDEX texts_by_key ON journal.texts (key);

-- Uploads, staged (no digest yet), known by digest, claimed by an event, or gone.
CREATE TABLE journal.files (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    upload      bytea NOT NULL UNIQUE,  -- 16 bytes
    began       bigint NOT NULL,        -- UTC microseconds
    digest      bytea,                  -- SHA-256 over all chunks of ciphertext
    key         bytea,
    plain_bytes bigint,
    chunks      bigint,
    claimed     bigint NOT NULL DEFAULT 0,
    gone        bigint NOT NULL DEFAULT 0,  -- 1: swept or erased; its chunks are empty
    sum         bigint NOT NULL             -- checksum of the row
);
CREATE UNIQUE INDEX files_by_digest ON journal.files (digest) WHERE digest IS NOT NULL AND gone = 0;
CREATE INDEX files_by_key ON journal.files (key) WHERE key IS NOT NULL;

-- Chunks of ciphertext.
CREATE TABLE journal.chunks (
    file       bigint NOT NULL,  -- files.seq
    number     integer NOT NULL,
    ciphertext bytea NOT NULL,   -- empty: swept or erased
    PRIMARY KEY (file, number)
);
ALTER TABLE journal.chunks ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

-- How far each reaction has come.
CREATE TABLE journal.cursors (
    reaction text PRIMARY KEY,
    next     bigint NOT NULL,
    sum      bigint NOT NULL  -- checksum of the row
);

-- The newest signed checkpoint of each source whose events are received.
CREATE TABLE journal.source_checkpoints (
    source text PRIMARY KEY,  -- /<instance>/<service>/<audience>
    note   text NOT NULL,     -- as C2SP signed-note writes it
    sum    bigint NOT NULL    -- checksum of the row
);

-- What is kept of secrets that were handed out. Rows come and go.
CREATE TABLE journal.credentials (
    hash    bytea PRIMARY KEY,  -- SHA-256 of the secret
    kind    text NOT NULL,      -- what it is good for
    owner   text NOT NULL,      -- whose it is; empty: nobody's
    expires bigint NOT NULL,    -- UTC microseconds
    value   bytea NOT NULL,     -- as its owner writes it
    sum     bigint NOT NULL     -- checksum of the row
);
CREATE INDEX credentials_by_expiry ON journal.credentials (expires);
CREATE INDEX credentials_by_owner ON journal.credentials (kind, owner, hash);

-- Ideas whose events a reaction can't handle for now.
CREATE TABLE journal.parked (
    reaction    text NOT NULL,
    correlation text NOT NULL,
    position    bigint NOT NULL,
    reason      text NOT NULL,
    sum         bigint NOT NULL,  -- checksum of the row
    PRIMARY KEY (reaction, correlation)
);

-- How far a relay to a message broker has come with each own source.
CREATE TABLE journal.relays (
    source          text PRIMARY KEY,  -- /<instance>/<service>/<audience>
    stream_created  text NOT NULL,     -- when the broker's stream was made, in the broker's words: another one is empty
    epoch           bigint NOT NULL,   -- of the last event that it has acknowledged
    sequence        bigint NOT NULL,
    stream_sequence bigint NOT NULL    -- that event's sequence in the broker's stream
);

-- Each source with its last entry, whose line tells where it stood in its own journal, or, if it was refused, where its source said that it stood.
-- LIMIT keeps the order of the joins: however little the server knows of the tables, an entry is found through its source.
CREATE VIEW journal.source_ends AS
SELECT s.id, s.name, s.own, e.epoch, e.sequence, CASE WHEN NOT s.own THEN e.line END AS line, q.from_position
FROM journal.sources s
LEFT JOIN LATERAL (
    SELECT position, epoch, sequence, line FROM journal.entries
    WHERE source = s.id ORDER BY epoch DESC, sequence DESC LIMIT 1
) e ON true
LEFT JOIN LATERAL (
    SELECT from_position FROM journal.quarantine
    WHERE NOT s.own AND source = s.name AND epoch = e.epoch AND sequence = e.sequence AND position = e.position LIMIT 1
) q ON true;
