-- Every idea and call as lists show them. Of a sealed text: its digest, and the event and member that it was sealed for; days are YYYY-MM-DD.
CREATE TABLE ideas (
    idea         TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    phase        INTEGER NOT NULL,             -- as in the contract
    since        INTEGER NOT NULL,             -- the position at which it came in: its age
    submitted_at TEXT NOT NULL,                -- RFC 3339; as precisely as it is known for what was taken over
    title        TEXT,                         -- sealed
    brief_title  TEXT,                         -- sealed; NULL before a brief is approved
    reference    TEXT NOT NULL DEFAULT '',
    answer_due   TEXT NOT NULL DEFAULT '',
    overdue      INTEGER NOT NULL DEFAULT 0,
    coordinator  TEXT NOT NULL DEFAULT '',
    erasure      INTEGER NOT NULL DEFAULT 0,   -- as in the contract
    imported     INTEGER NOT NULL,
    received     INTEGER NOT NULL,             -- from another organisation's sluice
    supporters   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ideas_inbox ON ideas (organisation, since);
CREATE INDEX ideas_in_phase ON ideas (organisation, phase, since);
CREATE INDEX ideas_with_erasure ON ideas (organisation, erasure, since) WHERE erasure <> 0;
CREATE INDEX ideas_by_reference ON ideas (reference) WHERE reference <> '';
CREATE INDEX ideas_due ON ideas (phase, answer_due) WHERE answer_due <> '' AND overdue = 0;
-- Of ideas that were handed to another organisation, as what the title of the brief can be opened there.
CREATE TABLE referred (
    received_as TEXT PRIMARY KEY,
    title       TEXT
) STRICT, WITHOUT ROWID;
-- How many ideas stand where, so that nobody counts them.
CREATE TABLE counts (
    organisation TEXT NOT NULL,
    phase        INTEGER NOT NULL,
    erasure      INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    PRIMARY KEY (organisation, phase, erasure)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER idea_counted AFTER INSERT ON ideas BEGIN
    INSERT OR IGNORE INTO counts (organisation, phase, erasure, count) VALUES (new.organisation, new.phase, new.erasure, 0);
    UPDATE counts SET count = count + 1 WHERE organisation = new.organisation AND phase = new.phase AND erasure = new.erasure;
END;
CREATE TRIGGER idea_counted_anew AFTER UPDATE OF phase, erasure ON ideas BEGIN
    UPDATE counts SET count = count - 1 WHERE organisation = old.organisation AND phase = old.phase AND erasure = old.erasure;
    INSERT OR IGNORE INTO counts (organisation, phase, erasure, count) VALUES (new.organisation, new.phase, new.erasure, 0);
    UPDATE counts SET count = count + 1 WHERE organisation = new.organisation AND phase = new.phase AND erasure = new.erasure;
END;
-- Whose an idea is, in which organisation, with its age.
CREATE TABLE authors (
    person       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    since        INTEGER NOT NULL,
    idea         TEXT NOT NULL,
    PRIMARY KEY (person, organisation, since, idea)
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
CREATE INDEX proposals_by_age ON proposals (person, since);
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
    title        TEXT,                         -- sealed
    need         TEXT,                         -- sealed
    resources    TEXT,                         -- sealed
    until        TEXT,
    since        INTEGER NOT NULL,
    closed       INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT                          -- sealed
) STRICT;
CREATE INDEX calls_by_age ON calls (since);
CREATE INDEX calls_open ON calls (since) WHERE closed = 0;
