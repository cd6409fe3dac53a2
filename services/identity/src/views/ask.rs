use idesluss_domain::SealedMember;
use idesluss_domain::words::{Date, OrganisationId, PersonId};
use idesluss_engine::Page;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

/// A person with what is sealed of them.
#[derive(Debug, Clone)]
pub(crate) struct PersonRow {
    pub(crate) person: String,
    pub(crate) organisation: String,
    name: Option<SealedMember>,
    address: Option<SealedMember>,
    /// Whether their own organisation has let them act for others to see.
    acts: bool,
    /// Whether they are not let in any more.
    pub(crate) is_disabled: bool,
    /// Since which position the organisation that asks has known them.
    pub(crate) since: u64,
}

/// A role that is not over.
#[derive(Debug, Clone)]
pub(crate) struct GrantRow {
    pub(crate) person: String,
    pub(crate) role: i32,
    pub(crate) first_day: String,
    pub(crate) last_day: Option<String>,
    pub(crate) substitute_for: Option<String>,
    pub(crate) round: u32,
    /// Whether it is a group's, as a provider says.
    pub(crate) by_group: bool,
}

impl PersonRow {
    /// What they are called, for whoever may know.
    pub(crate) fn name_for(&self, organisation: &OrganisationId) -> Option<&SealedMember> {
        let named_in = named_in(&self.organisation, self.acts);
        let may = named_in.is_none_or(|home| home == organisation.as_str());
        self.name.as_ref().filter(|_| may)
    }

    /// Where mail reaches them, which their own organisation knows and nobody else.
    pub(crate) fn address_for(&self, organisation: &OrganisationId) -> Option<&SealedMember> {
        let may = self.organisation == organisation.as_str();
        self.address.as_ref().filter(|_| may)
    }
}

/// The organisation whose people alone learn what somebody is called: their own. None: everybody does, once it has given them another role than
/// submitter, since they act for everybody to see. What another organisation does with them tells nobody their name.
fn named_in(home: &str, acts: bool) -> Option<&str> {
    (!acts).then_some(home)
}

const PERSON: &str = "p.person, p.organisation, p.name, p.address, p.acts, p.disabled";

fn person_row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    let member = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Ok(PersonRow {
        person: row.get(0)?,
        organisation: row.get(1)?,
        name: member(row.get(2)?),
        address: member(row.get(3)?),
        acts: row.get(4)?,
        is_disabled: row.get(5)?,
        since: row.get::<_, i64>(6)?.cast_unsigned(),
    })
}

/// Whom an organisation knows, in the order in which it came to, and how many there are.
pub(crate) fn members(conn: &Connection, organisation: &str, page: Page) -> rusqlite::Result<(Vec<PersonRow>, u64)> {
    let total = conn
        .prepare_cached("SELECT members FROM counts WHERE organisation = ?1")?
        .query_row([organisation], |row| row.get::<_, i64>(0))
        .optional()?;
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {PERSON}, m.since FROM members m JOIN people p USING (person)
         WHERE m.organisation = ?1 AND m.since > ?2 ORDER BY m.since LIMIT ?3"
    ))?;
    let rows = rows.query_map((organisation, page.after(), page.size), person_row)?;
    Ok((
        rows.collect::<Result<_, _>>()?,
        total.unwrap_or_default().cast_unsigned(),
    ))
}

/// One person whom an organisation knows.
pub(crate) fn person(conn: &Connection, organisation: &str, person: PersonId) -> rusqlite::Result<Option<PersonRow>> {
    Ok(by_ids(conn, organisation, &[person])?.pop())
}

/// Those of these people whom an organisation knows, in the order asked for.
pub(crate) fn by_ids(conn: &Connection, organisation: &str, people: &[PersonId]) -> rusqlite::Result<Vec<PersonRow>> {
    let mut one = conn.prepare_cached(&format!(
        "SELECT {PERSON}, m.since FROM members m JOIN people p USING (person) WHERE m.organisation = ?1 AND m.person = ?2"
    ))?;
    let mut found = Vec::with_capacity(people.len());
    for person in people {
        found.extend(
            one.query_row((organisation, person.to_string()), person_row)
                .optional()?,
        );
    }
    Ok(found)
}

/// The roles of these people in an organisation that are not over on `today`.
pub(crate) fn roles(
    conn: &Connection,
    organisation: &str,
    people: &[String],
    today: Date,
) -> rusqlite::Result<Vec<GrantRow>> {
    let mut of_person = conn.prepare_cached(
        "SELECT person, role, first_day, last_day, substitute_for, round, by_group FROM grants
         WHERE person = ?1 AND organisation = ?2 AND revoked = 0 AND (last_day IS NULL OR last_day >= ?3) ORDER BY role",
    )?;
    let mut found = Vec::new();
    for person in people {
        let rows = of_person.query_map((person, organisation, today.to_string()), |row| {
            Ok(GrantRow {
                person: row.get(0)?,
                role: row.get(1)?,
                first_day: row.get(2)?,
                last_day: row.get(3)?,
                substitute_for: row.get(4)?,
                round: row.get(5)?,
                by_group: row.get(6)?,
            })
        })?;
        for row in rows {
            found.push(row?);
        }
    }
    Ok(found)
}

/// A role that somebody may act in on a day, wherever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnRoleRow {
    pub(crate) organisation: String,
    pub(crate) role: i32,
    pub(crate) substitute_for: Option<String>,
}

/// The roles that somebody holds on `today` in any organisation; whether one waits to be confirmed, its organisation says.
pub(crate) fn own_roles(conn: &Connection, person: PersonId, today: Date) -> rusqlite::Result<Vec<OwnRoleRow>> {
    let mut rows = conn.prepare_cached(
        "SELECT organisation, role, substitute_for FROM grants
         WHERE person = ?1 AND revoked = 0 AND first_day <= ?2 AND (last_day IS NULL OR last_day >= ?2)
         ORDER BY organisation, role",
    )?;
    let rows = rows.query_map((person.to_string(), today.to_string()), |row| {
        Ok(OwnRoleRow {
            organisation: row.get(0)?,
            role: row.get(1)?,
            substitute_for: row.get(2)?,
        })
    })?;
    rows.collect()
}

/// Who holds which roles in an organisation by a group, by their pseudonym.
pub(crate) fn by_group(conn: &Connection, organisation: &str) -> rusqlite::Result<Vec<(String, i32)>> {
    let mut rows = conn.prepare_cached(
        "SELECT person, role FROM grants WHERE organisation = ?1 AND by_group = 1 AND revoked = 0 ORDER BY person, role",
    )?;
    let rows = rows.query_map([organisation], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Those of an organisation's own people who have an address and no account yet: one that signs in with the address is theirs.
pub(crate) fn without_account(conn: &Connection, organisation: &str) -> rusqlite::Result<Vec<PersonRow>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {PERSON}, m.since FROM members m JOIN people p USING (person)
         WHERE m.organisation = ?1 AND p.organisation = ?1 AND p.address IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.person = p.person)"
    ))?;
    let rows = rows.query_map([organisation], person_row)?;
    rows.collect()
}

/// What somebody signs in with.
pub(crate) fn accounts_of(conn: &Connection, person: PersonId) -> rusqlite::Result<Vec<String>> {
    let mut rows = conn.prepare_cached("SELECT account FROM accounts WHERE person = ?1 ORDER BY account")?;
    let rows = rows.query_map([person.to_string()], |row| row.get(0))?;
    rows.collect()
}

/// Those of these people who are known, whoever asks.
pub(crate) fn anybody(conn: &Connection, people: &[PersonId]) -> rusqlite::Result<Vec<PersonRow>> {
    let places = vec!["?"; people.len()].join(",");
    let mut found = conn.prepare_cached(&format!(
        "SELECT {PERSON}, 0 FROM people p WHERE p.person IN ({places})"
    ))?;
    let values = people.iter().map(ToString::to_string);
    found.query_map(params_from_iter(values), person_row)?.collect()
}

/// Somebody with the roles that they hold.
#[derive(Debug, Clone)]
pub(crate) struct DirectoryRow {
    pub(crate) person: String,
    pub(crate) name: Option<SealedMember>,
    /// Organisation, role, and how often all roles had been suspended when it was granted.
    pub(crate) roles: Vec<(String, i32, u32)>,
    /// The organisation whose people alone learn the name; None: everybody does.
    pub(crate) named_in: Option<String>,
}

/// Everybody, with the roles that they hold on `today`, in the order in which they came to be known.
pub(crate) fn directory(conn: &Connection, today: Date) -> rusqlite::Result<Vec<DirectoryRow>> {
    let mut rows = conn.prepare_cached(
        "SELECT p.person, p.name, g.organisation, g.role, g.round, p.organisation, p.acts
         FROM people p JOIN members m ON m.organisation = p.organisation AND m.person = p.person
         LEFT JOIN grants g ON g.person = p.person AND g.revoked = 0 AND g.first_day <= ?1
              AND (g.last_day IS NULL OR g.last_day >= ?1)
         ORDER BY m.since, p.person, g.since",
    )?;
    let mut rows = rows.query([today.to_string()])?;
    let mut found: Vec<DirectoryRow> = Vec::new();
    while let Some(row) = rows.next()? {
        let person: String = row.get(0)?;
        let organisation: Option<String> = row.get(2)?;
        let role = match organisation {
            Some(organisation) => Some((organisation, row.get(3)?, row.get(4)?)),
            None => None,
        };
        match found.last_mut().filter(|last| last.person == person) {
            Some(last) => last.roles.extend(role),
            None => found.push(DirectoryRow {
                person,
                named_in: named_in(&row.get::<_, String>(5)?, row.get(6)?).map(str::to_owned),
                name: row.get::<_, Option<String>>(1)?.and_then(|text| text.parse().ok()),
                roles: role.into_iter().collect(),
            }),
        }
    }
    Ok(found)
}

/// A version of an organisation's terms.
#[derive(Debug, Clone)]
pub(crate) struct TermsRow {
    pub(crate) version: u32,
    pub(crate) adopted_at: String,
    pub(crate) adopted_by: String,
    /// What it says in Swedish and in English; None: it was not asked for.
    pub(crate) said: Option<[String; 2]>,
}

/// All that an organisation has adopted, the newest first and so many at the most, and what one of them says, in Swedish and in English; 0: the
/// newest. None: there is none of that number.
pub(crate) fn terms(
    conn: &Connection,
    organisation: &str,
    version: u32,
    most: u32,
) -> rusqlite::Result<(Vec<TermsRow>, Option<TermsRow>)> {
    let row = |row: &Row<'_>| {
        Ok(TermsRow {
            version: row.get(0)?,
            adopted_at: row.get(1)?,
            adopted_by: row.get(2)?,
            said: None,
        })
    };
    let known = conn
        .prepare_cached(
            "SELECT version, adopted_at, adopted_by FROM terms WHERE organisation = ?1 ORDER BY version DESC LIMIT ?2",
        )?
        .query_map((organisation, most), row)?
        .collect::<Result<Vec<_>, _>>()?;
    let version = match version {
        0 => known.first().map_or(0, |newest| newest.version),
        version => version,
    };
    let asked = conn
        .prepare_cached(
            "SELECT version, adopted_at, adopted_by, sv, en FROM terms WHERE organisation = ?1 AND version = ?2",
        )?
        .query_row((organisation, version), |found| {
            let said = Some([found.get(3)?, found.get(4)?]);
            Ok(TermsRow { said, ..row(found)? })
        })
        .optional()?;
    Ok((known, asked))
}
