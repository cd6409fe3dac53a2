-- The tables of a journal, of the newest version (PRAGMA user_version).
-- Parameters: none. Locks: runs once, inside the transaction that creates the file.
-- Nothing updates or deletes a row of `sources`, `organisations`, `entries`, `tiles`, `empty_commands`, `orphans`, `quarantine` or `kinds`.

-- Where the journal stands: one row.
CREATE TABLE head (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    name     TEXT NOT NULL,     -- /<instance>/<service>
    size     INTEGER NOT NULL,  -- how many entries; also the next position
    recorded INTEGER NOT NULL,  -- of the last entry, UTC microseconds
    epoch    INTEGER NOT NULL,  -- in force, from 1
    peaks    BLOB NOT NULL      -- the tree's complete subtrees, largest first, 32 bytes each
) STRICT;

-- The sources that stand here, own and foreign. How far each has come, its last entry tells.
CREATE TABLE sources (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,  -- /<instance>/<service>/<audience>
    own  INTEGER NOT NULL       -- 1: written here, 0: received
) STRICT;

-- The numbers that stand for organisations.
CREATE TABLE organisations (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- The entries. The line comes last, so that a scan skips the small columns cheaply. On the first entry of a command stands what makes sure that the
-- command is carried out once, and where it ended.
CREATE TABLE entries (
    position     INTEGER PRIMARY KEY,
    stream       BLOB,              -- 16 bytes: the beginning of its id, and SHA-256 over who writes it and its name; NULL for what was refused
    version      INTEGER,           -- of own events in their stream, from 1; of received ones their position + 1
    source       INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    event_id     BLOB,              -- of received events: 16 bytes of a UUID, or the id's text. Own ids follow from commands, which are unique
    command      BLOB,              -- the sender's id of it, 16 bytes; like all that follows, on its first entry alone
    organisation INTEGER,
    fingerprint  BLOB,              -- 32 bytes
    entries      INTEGER,           -- how many it has; its result speaks of the last
    sum          INTEGER,           -- checksum of these, with the position
    line         BLOB NOT NULL,     -- exactly the bytes that were hashed, without a newline
    CHECK ((command IS NULL) + (organisation IS NULL) + (fingerprint IS NULL) + (entries IS NULL) + (sum IS NULL) IN (0, 5))
) STRICT;
CREATE UNIQUE INDEX entries_by_stream ON entries (stream, version) WHERE stream IS NOT NULL;
CREATE UNIQUE INDEX entries_by_source ON entries (source, epoch, sequence);
CREATE UNIQUE INDEX entries_by_command ON entries (command, organisation) WHERE command IS NOT NULL;
CREATE UNIQUE INDEX entries_by_event_id ON entries (event_id) WHERE event_id IS NOT NULL;

-- Full tiles of the tree: 256 hashes of 32 bytes.
CREATE TABLE tiles (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Commands that were accepted and had nothing to write.
CREATE TABLE empty_commands (
    id           BLOB NOT NULL,     -- the sender's, 16 bytes
    organisation INTEGER NOT NULL,
    fingerprint  BLOB NOT NULL,     -- 32 bytes
    source       INTEGER NOT NULL,  -- the first result, from here on
    epoch        INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    sum          INTEGER NOT NULL,  -- checksum of the row
    PRIMARY KEY (id, organisation)
) STRICT, WITHOUT ROWID;

-- Received events that a restore at their source has cut off: kept, listed, not undone.
CREATE TABLE orphans (
    position INTEGER PRIMARY KEY,
    epoch    INTEGER NOT NULL  -- the epoch whose opening cut it off
) STRICT;

-- The bytes of refused events. `position` is NULL when even the place was taken.
CREATE TABLE quarantine (
    id            INTEGER PRIMARY KEY,
    position      INTEGER,
    source        TEXT NOT NULL,
    epoch         INTEGER NOT NULL,
    sequence      INTEGER NOT NULL,
    from_position INTEGER NOT NULL,  -- in the source's own journal
    reason        TEXT NOT NULL,
    digest        BLOB NOT NULL,     -- SHA-256 of `event`
    event         BLOB NOT NULL,
    sum           INTEGER NOT NULL,  -- checksum of what the source said of it
    UNIQUE (source, epoch, sequence, digest)
) STRICT;

-- Event types written here: a binary that does not know one of them must not go on.
CREATE TABLE kinds (
    kind     TEXT PRIMARY KEY,
    position INTEGER NOT NULL  -- where it stood first
) STRICT, WITHOUT ROWID;

-- Keys, wrapped. Rows are only appended, and emptied in place by an erasure: SQLite then never moves one, so no
-- page keeps a copy that an erasure would miss.
CREATE TABLE keys (
    seq          INTEGER PRIMARY KEY,
    id           BLOB NOT NULL,     -- 16 bytes
    organisation TEXT NOT NULL,     -- whose; empty: the instance's
    scope        TEXT NOT NULL,     -- what it protects
    wrapped_by   BLOB,              -- NULL: the master key
    wrapped      BLOB NOT NULL,     -- nonce and ciphertext; empty: erased
    sum          INTEGER NOT NULL   -- checksum of the row
) STRICT;
CREATE UNIQUE INDEX keys_by_id ON keys (id);
CREATE INDEX keys_by_scope ON keys (organisation, scope);
CREATE INDEX keys_erased ON keys (seq) WHERE wrapped = x'';

-- Sealed texts, addressed by the SHA-256 of their ciphertext. Appended and emptied as `keys`.
CREATE TABLE texts (
    seq        INTEGER PRIMARY KEY,
    digest     BLOB NOT NULL,
    key        BLOB NOT NULL,
    bound_to   TEXT NOT NULL,
    ciphertext BLOB NOT NULL,     -- empty: erased
    sum        INTEGER NOT NULL   -- checksum of `digest`, `key` and `bound_to`
) STRICT;
CREATE UNIQUE INDEX texts_by_digest ON texts (digest);
CREATE INDEX texts_by_key ON texts (key);

-- Uploads, staged (no digest yet), known by digest, claimed by an event, or gone.
CREATE TABLE files (
    seq         INTEGER PRIMARY KEY,
    upload      BLOB NOT NULL,     -- 16 bytes
    began       INTEGER NOT NULL,  -- UTC microseconds
    digest      BLOB,              -- SHA-256 over all chunks of ciphertext
    key         BLOB,
    plain_bytes INTEGER,
    chunks      INTEGER,
    claimed     INTEGER NOT NULL DEFAULT 0,
    gone        INTEGER NOT NULL DEFAULT 0,  -- 1: swept or erased; its chunks are empty
    sum         INTEGER NOT NULL   -- checksum of the row
) STRICT;
CREATE UNIQUE INDEX files_by_upload ON files (upload);
CREATE UNIQUE INDEX files_by_digest ON files (digest) WHERE digest IS NOT NULL AND gone = 0;
CREATE INDEX files_by_key ON files (key) WHERE key IS NOT NULL;

-- Chunks of ciphertext. Appended and emptied as `keys`.
CREATE TABLE chunks (
    seq        INTEGER PRIMARY KEY,
    file       INTEGER NOT NULL,  -- files.seq
    number     INTEGER NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunks_by_file ON chunks (file, number);

-- How far each reaction has come.
CREATE TABLE cursors (
    reaction TEXT PRIMARY KEY,
    next     INTEGER NOT NULL,
    sum      INTEGER NOT NULL  -- checksum of the row
) STRICT, WITHOUT ROWID;

-- The newest signed checkpoint of each source whose events are received.
CREATE TABLE source_checkpoints (
    source TEXT PRIMARY KEY,  -- /<instance>/<service>/<audience>
    note   TEXT NOT NULL,     -- as C2SP signed-note writes it
    sum    INTEGER NOT NULL   -- checksum of the row
) STRICT, WITHOUT ROWID;

-- What is kept of secrets that were handed out. Rows come and go.
CREATE TABLE credentials (
    hash    BLOB PRIMARY KEY,  -- SHA-256 of the secret
    kind    TEXT NOT NULL,     -- what it is good for
    owner   TEXT NOT NULL,     -- whose it is; empty: nobody's
    expires INTEGER NOT NULL,  -- UTC microseconds
    value   BLOB NOT NULL,     -- as its owner writes it
    sum     INTEGER NOT NULL   -- checksum of the row
) STRICT, WITHOUT ROWID;
CREATE INDEX credentials_by_expiry ON credentials (expires);
CREATE INDEX credentials_by_owner ON credentials (kind, owner, hash);

-- Ideas whose events a reaction can't handle for now.
CREATE TABLE parked (
    reaction    TEXT NOT NULL,
    correlation TEXT NOT NULL,
    position    INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    sum         INTEGER NOT NULL,  -- checksum of the row
    PRIMARY KEY (reaction, correlation)
) STRICT, WITHOUT ROWID;
