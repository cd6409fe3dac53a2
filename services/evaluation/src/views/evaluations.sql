-- Every evaluation as lists show it. Digests are 64 hexadecimal digits, enums numbered as in the contract, times RFC 3339.
CREATE TABLE evaluations (
    evaluation   TEXT PRIMARY KEY,
    idea         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    gate         INTEGER NOT NULL,             -- 0: taken over from elsewhere
    round        INTEGER NOT NULL,
    phase        INTEGER NOT NULL,
    since        INTEGER NOT NULL,             -- the position at which it opened: its age
    title        TEXT,                         -- in the brief: its digest, and the event and member that it was sealed for
    opened_at    TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    required     INTEGER NOT NULL,
    need_owner   INTEGER NOT NULL DEFAULT 0,
    proposal     INTEGER NOT NULL DEFAULT 0,
    outcome      INTEGER NOT NULL DEFAULT 0,
    home         INTEGER NOT NULL DEFAULT 0,
    decided_at   TEXT NOT NULL DEFAULT '',
    closed       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX evaluations_overview ON evaluations (organisation, phase, since);
CREATE INDEX evaluations_of_idea ON evaluations (idea, round);
CREATE TABLE assessors (
    person      TEXT NOT NULL,
    evaluation  TEXT NOT NULL,
    assigned_at TEXT NOT NULL,
    recused     INTEGER NOT NULL DEFAULT 0,
    assessed    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (person, evaluation)
) STRICT, WITHOUT ROWID;
CREATE INDEX assessors_of_evaluation ON assessors (evaluation);
CREATE TABLE declarations (
    person     TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    conflict   INTEGER NOT NULL,
    PRIMARY KEY (person, evaluation)
) STRICT, WITHOUT ROWID;
-- Who wrote the idea, or is in a conflict of interest: they take no part, and it is in none of their lists.
CREATE TABLE aside (
    person     TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    PRIMARY KEY (person, evaluation)
) STRICT, WITHOUT ROWID;
-- Who became a co-author of an idea, or wrote one that goes on as it, whether or not it was evaluated then.
CREATE TABLE coauthors (
    idea   TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (idea, person)
) STRICT, WITHOUT ROWID;
-- Who is in a conflict of interest about an idea: it holds in every round.
CREATE TABLE conflicts (
    idea   TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (idea, person)
) STRICT, WITHOUT ROWID;
-- Whom a recommendation names.
CREATE TABLE voices (
    evaluation TEXT NOT NULL,
    person     TEXT NOT NULL,
    PRIMARY KEY (evaluation, person)
) STRICT, WITHOUT ROWID;
-- The titles of approved briefs, by digest: what an evaluation is opened with speaks of one of them.
CREATE TABLE briefs (
    digest TEXT PRIMARY KEY,
    title  TEXT NOT NULL                       -- the digest, and the event and member that it was sealed for
) STRICT, WITHOUT ROWID;
-- Who assessed the same gate in an earlier round: they do not decide.
CREATE TABLE barred (
    person     TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    PRIMARY KEY (person, evaluation)
) STRICT, WITHOUT ROWID;
