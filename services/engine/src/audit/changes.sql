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
-- Covers the counting of what stood at a moment.
CREATE INDEX changes_counted ON changes (recorded, thing, organisation, before, after);
CREATE INDEX changes_of_organisation ON changes (organisation, position);
CREATE INDEX decisions_of_organisation ON changes (organisation, position) WHERE outcome <> '';
