-- Names and addresses as sealed members, never as texts.
CREATE TABLE people (
    person TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    disabled INTEGER NOT NULL DEFAULT 0, -- whether they are not let in any more
    acts INTEGER NOT NULL DEFAULT 0 -- whether their own organisation has ever given them another role than submitter
) WITHOUT ROWID;

-- Whom an organisation knows: registered there, or with a role there, since a position.
CREATE TABLE members (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (organisation, person)
) WITHOUT ROWID;
CREATE INDEX members_in_order ON members (organisation, since, person);

CREATE TABLE counts (
    organisation TEXT PRIMARY KEY,
    members INTEGER NOT NULL
) WITHOUT ROWID;

-- One row a grant, also when it was taken back: whoever has acted stays known.
CREATE TABLE grants (
    "grant" TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    organisation TEXT NOT NULL,
    role INTEGER NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT,
    substitute_for TEXT,
    round INTEGER NOT NULL,     -- how often all roles had been suspended before
    revoked INTEGER NOT NULL,
    by_group INTEGER NOT NULL,  -- whether it is a group's, as a provider says
    since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX grants_of_person ON grants (person, organisation, role);
CREATE INDEX grants_by_group ON grants (organisation, person, role) WHERE by_group = 1 AND revoked = 0;

-- Programs, which are called openly what they are called.
CREATE TABLE programs (
    program TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,      -- who answers for it
    role INTEGER NOT NULL,
    disabled INTEGER NOT NULL,  -- whether it is not let in any more
    round INTEGER NOT NULL,     -- how often all roles had been suspended when it was let in
    since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX programs_in_order ON programs (organisation, since);

-- What people sign in with.
CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    person TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX accounts_of_person ON accounts (person);

-- Every version of an organisation's terms.
CREATE TABLE terms (
    organisation TEXT NOT NULL,
    version INTEGER NOT NULL,
    sv TEXT NOT NULL,
    en TEXT NOT NULL,
    adopted_at TEXT NOT NULL,
    adopted_by TEXT NOT NULL,
    PRIMARY KEY (organisation, version)
);
