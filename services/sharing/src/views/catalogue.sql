-- Solutions, adoptions and what was measured. Enums numbered as in the contract, times RFC 3339, days YYYY-MM-DD; of a sealed text:
-- its digest, and the event and member that it was sealed for. Titles and summaries stay in the journal.
CREATE TABLE solutions (
    solution     TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    idea         TEXT NOT NULL,
    phase        INTEGER NOT NULL,
    kind         INTEGER NOT NULL DEFAULT 0,
    visibility   INTEGER NOT NULL DEFAULT 0,
    version      INTEGER NOT NULL DEFAULT 0,
    changed_at   TEXT NOT NULL,
    since        INTEGER NOT NULL              -- the position of the last change: the newest come first
) STRICT;
CREATE INDEX solutions_catalogue ON solutions (phase, since);
CREATE TABLE adoptions (
    adoption     TEXT PRIMARY KEY,
    solution     TEXT NOT NULL,
    organisation TEXT NOT NULL,
    phase        INTEGER NOT NULL,
    form         INTEGER NOT NULL DEFAULT 0,
    changed_at   TEXT NOT NULL,
    since        INTEGER NOT NULL
) STRICT;
CREATE INDEX adoptions_of_solution ON adoptions (solution, since);
CREATE INDEX adoptions_of_organisation ON adoptions (organisation, since);
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
    metric      TEXT NOT NULL,
    unit        TEXT NOT NULL,
    value       TEXT NOT NULL,
    first       TEXT NOT NULL,
    last        TEXT NOT NULL,
    class       INTEGER NOT NULL,
    no_baseline TEXT                           -- sealed
) STRICT;
CREATE INDEX benefits_of_adoption ON benefits (adoption);
