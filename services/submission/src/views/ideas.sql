-- Every idea and call as lists show them. Digests are 64 hexadecimal digits; days are YYYY-MM-DD.
CREATE TABLE ideas (
    idea         TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    phase        INTEGER NOT NULL,             -- as in the contract
    since        INTEGER NOT NULL,             -- the position at which it came in: its age
    submitted_at TEXT NOT NULL,                -- RFC 3339; as precisely as it is known for what was taken over
    title        TEXT,                         -- digest
    brief_title  TEXT,                         -- digest; NULL before a brief is approved
    reference    TEXT NOT NULL DEFAULT '',
    answer_due   TEXT NOT NULL DEFAULT '',
    overdue      INTEGER NOT NULL DEFAULT 0,
    coordinator  TEXT NOT NULL DEFAULT '',
    erasure      INTEGER NOT NULL DEFAULT 0,   -- as in the contract
    imported     INTEGER NOT NULL,
    received     INTEGER NOT NULL,             -- from another organisation's sluice
    supporters   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ideas_inbox ON ideas (organisation, phase, since);
CREATE INDEX ideas_due ON ideas (phase, answer_due) WHERE answer_due <> '' AND overdue = 0;
CREATE TABLE authors (
    person TEXT NOT NULL,
    idea   TEXT NOT NULL,
    PRIMARY KEY (person, idea)
) STRICT, WITHOUT ROWID;
-- Who has been asked to be a co-author, and has not answered.
CREATE TABLE proposals (
    person TEXT NOT NULL,
    idea   TEXT NOT NULL,
    asked_by TEXT NOT NULL,                    -- an author
    asked_at TEXT NOT NULL,                    -- RFC 3339
    since  INTEGER NOT NULL,                   -- the position at which it was asked
    PRIMARY KEY (person, idea)
) STRICT, WITHOUT ROWID;
-- Who has declared a conflict of interest at some gate: the idea is in none of their lists.
CREATE TABLE conflicts (
    person TEXT NOT NULL,
    idea   TEXT NOT NULL,
    PRIMARY KEY (person, idea)
) STRICT, WITHOUT ROWID;
CREATE TABLE calls (
    call         TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    need_owner   TEXT NOT NULL,
    title        TEXT,
    need         TEXT,
    resources    TEXT,
    until        TEXT,
    since        INTEGER NOT NULL,
    closed       INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT
) STRICT;
