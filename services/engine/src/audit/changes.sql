-- Where each of the service's own things stands: what its next state follows from.
CREATE TABLE things (
    subject      TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,             -- whose; empty: its beginning is not in this journal
    thing        TEXT NOT NULL,             -- idea, call, evaluation, solution or adoption
    state        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Every change of a state, and every decision. Times are microseconds since 1970 in UTC.
CREATE TABLE changes (
    position     INTEGER PRIMARY KEY,
    recorded     INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    thing        TEXT NOT NULL,
    before       TEXT NOT NULL,             -- empty: it began
    after        TEXT NOT NULL,
    event        TEXT NOT NULL,             -- its id
    type         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    idea         TEXT NOT NULL,             -- empty: it is about none
    actor        TEXT NOT NULL,
    role         TEXT NOT NULL,
    outcome      TEXT NOT NULL              -- of a decision; empty: it is none
) STRICT;
CREATE INDEX changes_by_time ON changes (recorded);
CREATE INDEX changes_of_organisation ON changes (organisation, position);
CREATE INDEX decisions_of_organisation ON changes (organisation, position) WHERE outcome <> '';
-- The changes in stretches: each within one day, and of so many changes at most, so that what stood at a moment is told by few of them.
CREATE TABLE stretches (
    number  INTEGER PRIMARY KEY,            -- from 1
    day     TEXT NOT NULL,                  -- in Sweden
    first   INTEGER NOT NULL,               -- when its first change was recorded
    last    INTEGER NOT NULL,
    changes INTEGER NOT NULL
) STRICT;
CREATE INDEX stretches_by_time ON stretches (first);
-- How many things stood in a state at the end of a stretch, where that stretch moved any of them.
CREATE TABLE standing (
    thing        TEXT NOT NULL,
    organisation TEXT NOT NULL,
    state        TEXT NOT NULL,
    stretch      INTEGER NOT NULL,
    count        INTEGER NOT NULL,
    PRIMARY KEY (thing, organisation, state, stretch)
) STRICT, WITHOUT ROWID;
-- All states in which anything ever stood.
CREATE TABLE states (
    thing        TEXT NOT NULL,
    organisation TEXT NOT NULL,
    state        TEXT NOT NULL,
    PRIMARY KEY (thing, organisation, state)
) STRICT, WITHOUT ROWID;
