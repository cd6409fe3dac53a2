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
CREATE INDEX evaluations_overview ON evaluations (organisation, since);
CREATE INDEX evaluations_in_phase ON evaluations (organisation, phase, since);
CREATE INDEX evaluations_at_gate ON evaluations (organisation, gate, since);
CREATE INDEX evaluations_at_gate_in_phase ON evaluations (organisation, gate, phase, since);
CREATE INDEX evaluations_of_idea ON evaluations (idea, round);
-- How many of an organisation's are at each gate in each phase, so that nobody counts them.
CREATE TABLE counts (
    organisation TEXT NOT NULL,
    gate         INTEGER NOT NULL,
    phase        INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    PRIMARY KEY (organisation, gate, phase)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER evaluation_counted AFTER INSERT ON evaluations BEGIN
    INSERT OR IGNORE INTO counts (organisation, gate, phase, count) VALUES (new.organisation, new.gate, new.phase, 0);
    UPDATE counts SET count = count + 1 WHERE organisation = new.organisation AND gate = new.gate AND phase = new.phase;
END;
CREATE TRIGGER evaluation_counted_anew AFTER UPDATE OF phase ON evaluations BEGIN
    UPDATE counts SET count = count - 1 WHERE organisation = old.organisation AND gate = old.gate AND phase = old.phase;
    INSERT OR IGNORE INTO counts (organisation, gate, phase, count) VALUES (new.organisation, new.gate, new.phase, 0);
    UPDATE counts SET count = count + 1 WHERE organisation = new.organisation AND gate = new.gate AND phase = new.phase;
END;
CREATE TABLE assessors (
    person      TEXT NOT NULL,
    evaluation  TEXT NOT NULL,
    since       INTEGER NOT NULL,              -- the evaluation's
    assigned_at TEXT NOT NULL,
    recused     INTEGER NOT NULL DEFAULT 0,
    assessed    INTEGER NOT NULL DEFAULT 0,
    assessing   INTEGER NOT NULL,              -- whether the evaluation is in the phase of assessing, 1 in the contract
    PRIMARY KEY (person, evaluation)
) STRICT, WITHOUT ROWID;
CREATE INDEX assessors_of_evaluation ON assessors (evaluation);
CREATE INDEX assessors_to_assess ON assessors (person, since) WHERE assessing = 1 AND recused = 0;
CREATE TRIGGER assessing_or_not AFTER UPDATE OF phase ON evaluations WHEN (old.phase = 1) <> (new.phase = 1) BEGIN
    UPDATE assessors SET assessing = new.phase = 1 WHERE evaluation = new.evaluation;
END;
-- How much each has to do, in all organisations, and has done.
CREATE TABLE loads (
    person TEXT PRIMARY KEY,
    open   INTEGER NOT NULL,
    done   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER load_grown AFTER INSERT ON assessors BEGIN
    INSERT OR IGNORE INTO loads (person, open, done) VALUES (new.person, 0, 0);
    UPDATE loads SET open = open + (new.assessing AND NOT new.recused AND NOT new.assessed) WHERE person = new.person;
END;
CREATE TRIGGER load_changed AFTER UPDATE OF recused, assessed, assessing ON assessors BEGIN
    UPDATE loads SET
        open = open + (new.assessing AND NOT new.recused AND NOT new.assessed) - (old.assessing AND NOT old.recused AND NOT old.assessed),
        done = done + (new.assessed AND NOT new.recused) - (old.assessed AND NOT old.recused)
    WHERE person = new.person;
END;
-- Who has been asked to assess for an organisation.
CREATE TABLE assesses_for (
    organisation TEXT NOT NULL,
    person       TEXT NOT NULL,
    PRIMARY KEY (organisation, person)
) STRICT, WITHOUT ROWID;
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
