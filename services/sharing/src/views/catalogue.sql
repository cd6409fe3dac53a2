-- Solutions, adoptions and what was measured. Enums numbered as in the contract, times RFC 3339, days YYYY-MM-DD; of a sealed text:
-- its digest, and the event and member that it was sealed for. Titles and summaries stay in the journal.
CREATE TABLE solutions (
    solution     TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    idea         TEXT NOT NULL,
    phase        INTEGER NOT NULL,
    kind         INTEGER NOT NULL DEFAULT 0,
    visibility   INTEGER NOT NULL DEFAULT 0,
    open         INTEGER NOT NULL GENERATED ALWAYS AS (visibility >= 2 AND phase >= 2) VIRTUAL, -- to the region, and published: everybody sees it
    version      INTEGER NOT NULL DEFAULT 0,
    changed_at   TEXT NOT NULL,
    since        INTEGER NOT NULL,             -- the position of the last change: the newest come first
    adoptions    INTEGER NOT NULL DEFAULT 0,
    in_use       INTEGER NOT NULL DEFAULT 0,   -- of them
    benefits     INTEGER NOT NULL DEFAULT 0    -- measured in them
) STRICT;
-- An organisation sees its own and what is open: nobody reads past what is another's alone.
CREATE INDEX solutions_of_organisation ON solutions (organisation, phase, since);
CREATE INDEX solutions_of_organisation_of_kind ON solutions (organisation, phase, kind, since);
CREATE INDEX solutions_open ON solutions (phase, since) WHERE open = 1;
CREATE INDEX solutions_open_of_kind ON solutions (phase, kind, since) WHERE open = 1;
CREATE INDEX solutions_open_of_organisation ON solutions (organisation, phase, since) WHERE open = 1;
CREATE INDEX solutions_open_of_organisation_of_kind ON solutions (organisation, phase, kind, since) WHERE open = 1;
-- How many there are, so that nobody counts them.
CREATE TABLE counts (
    phase        INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    open         INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    PRIMARY KEY (phase, kind, organisation, open)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER solution_counted AFTER INSERT ON solutions BEGIN
    INSERT OR IGNORE INTO counts (phase, kind, organisation, open, count) VALUES (new.phase, new.kind, new.organisation, new.open, 0);
    UPDATE counts SET count = count + 1 WHERE phase = new.phase AND kind = new.kind AND organisation = new.organisation AND open = new.open;
END;
CREATE TRIGGER solution_counted_anew AFTER UPDATE OF phase, kind, visibility ON solutions BEGIN
    UPDATE counts SET count = count - 1 WHERE phase = old.phase AND kind = old.kind AND organisation = old.organisation AND open = old.open;
    INSERT OR IGNORE INTO counts (phase, kind, organisation, open, count) VALUES (new.phase, new.kind, new.organisation, new.open, 0);
    UPDATE counts SET count = count + 1 WHERE phase = new.phase AND kind = new.kind AND organisation = new.organisation AND open = new.open;
END;
CREATE TABLE adoptions (
    adoption     TEXT PRIMARY KEY,
    solution     TEXT NOT NULL,
    organisation TEXT NOT NULL,
    owner        TEXT NOT NULL,                -- whose the solution is
    phase        INTEGER NOT NULL,
    form         INTEGER NOT NULL DEFAULT 0,
    changed_at   TEXT NOT NULL,
    since        INTEGER NOT NULL
) STRICT;
CREATE INDEX adoptions_of_solution ON adoptions (solution, since);
CREATE INDEX adoptions_of_organisation ON adoptions (organisation, since);
CREATE INDEX adoptions_of_organisation_in_phase ON adoptions (organisation, phase, since);
CREATE INDEX adoptions_by_others ON adoptions (owner, since) WHERE organisation <> owner;
CREATE INDEX adoptions_by_others_in_phase ON adoptions (owner, phase, since) WHERE organisation <> owner;
CREATE TRIGGER adoption_counted AFTER INSERT ON adoptions BEGIN
    UPDATE solutions SET adoptions = adoptions + 1 WHERE solution = new.solution;
END;
-- In use: 4 in the contract.
CREATE TRIGGER adoption_counted_anew AFTER UPDATE OF phase ON adoptions WHEN (old.phase = 4) <> (new.phase = 4) BEGIN
    UPDATE solutions SET in_use = in_use + (new.phase = 4) - (old.phase = 4) WHERE solution = new.solution;
END;
CREATE TABLE baselines (
    adoption TEXT NOT NULL,
    metric   TEXT NOT NULL,
    unit     TEXT NOT NULL,
    value    TEXT NOT NULL,
    first    TEXT NOT NULL,
    last     TEXT NOT NULL,
    PRIMARY KEY (adoption, metric)
) STRICT, WITHOUT ROWID;
CREATE TABLE benefits (
    position    INTEGER PRIMARY KEY,
    adoption    TEXT NOT NULL,
    solution    TEXT NOT NULL,
    owner       TEXT NOT NULL,                 -- whose the solution is
    adopter     TEXT NOT NULL,                 -- whose the adoption is
    open        INTEGER NOT NULL,              -- as the solution is
    metric      TEXT NOT NULL,
    unit        TEXT NOT NULL,
    value       TEXT NOT NULL,
    first       TEXT NOT NULL,
    last        TEXT NOT NULL,
    class       INTEGER NOT NULL,
    no_baseline TEXT,                          -- sealed
    better      INTEGER NOT NULL               -- which way its value is to go
) STRICT;
CREATE INDEX benefits_of_adoption ON benefits (adoption);
CREATE INDEX benefits_of_solution ON benefits (solution, position);
CREATE INDEX benefits_of_solution_of_class ON benefits (solution, class, position);
CREATE INDEX benefits_of_owner ON benefits (owner, position);
CREATE INDEX benefits_of_owner_of_class ON benefits (owner, class, position);
CREATE INDEX benefits_of_adopter ON benefits (adopter, position);
CREATE INDEX benefits_of_adopter_of_class ON benefits (adopter, class, position);
CREATE INDEX benefits_open ON benefits (position) WHERE open = 1;
CREATE INDEX benefits_open_of_class ON benefits (class, position) WHERE open = 1;
CREATE TRIGGER benefit_counted AFTER INSERT ON benefits BEGIN
    UPDATE solutions SET benefits = benefits + 1 WHERE solution = new.solution;
END;
CREATE TRIGGER benefits_seen AFTER UPDATE OF phase, visibility ON solutions WHEN old.open <> new.open BEGIN
    UPDATE benefits SET open = new.open WHERE solution = new.solution;
END;
