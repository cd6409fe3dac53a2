use idesluss_domain::identity::ProgramEvent;
use idesluss_domain::words::{PersonId, ProgramId};
use idesluss_engine::{Page, Recorded};
use idesluss_proto::pb::command::Role;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};

/// A program that acts for an organisation.
#[derive(Debug, Clone)]
pub(crate) struct ProgramRow {
    pub(crate) program: String,
    pub(crate) name: String,
    pub(crate) contact: String,
    pub(crate) role: i32,
    pub(crate) is_disabled: bool,
    pub(crate) round: u32,
    /// Since which position it is known.
    pub(crate) since: u64,
}

pub(super) fn take(tx: &Transaction<'_>, entry: &Recorded, event: &ProgramEvent) -> rusqlite::Result<()> {
    let program = entry.aggregate_id();
    match event {
        ProgramEvent::ProgramRegistered(registered) => {
            tx.prepare_cached(
                "INSERT INTO programs (program, organisation, name, contact, role, disabled, round, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)",
            )?
            .execute(params![
                program,
                registered.organisation.as_str(),
                registered.name,
                registered.contact.to_string(),
                Role::from(registered.role) as i32,
                registered.round,
                entry.position.cast_signed(),
            ])?;
        }
        ProgramEvent::ProgramDisabled(_) => {
            tx.prepare_cached("UPDATE programs SET disabled = 1 WHERE program = ?1")?
                .execute([program])?;
        }
        ProgramEvent::ProgramEnabled(enabled) => {
            tx.prepare_cached("UPDATE programs SET disabled = 0, round = ?2 WHERE program = ?1")?
                .execute((program, enabled.round))?;
        }
        ProgramEvent::ProgramScopesChanged(_)
        | ProgramEvent::ProgramCredentialAdded(_)
        | ProgramEvent::ProgramCredentialRevoked(_) => {}
    }
    Ok(())
}

const PROGRAM: &str = "program, name, contact, role, disabled, round, since";

fn row(row: &Row<'_>) -> rusqlite::Result<ProgramRow> {
    Ok(ProgramRow {
        program: row.get(0)?,
        name: row.get(1)?,
        contact: row.get(2)?,
        role: row.get(3)?,
        is_disabled: row.get(4)?,
        round: row.get(5)?,
        since: row.get::<_, i64>(6)?.cast_unsigned(),
    })
}

/// The programs of an organisation, in the order in which they were registered.
pub(crate) fn programs(conn: &Connection, organisation: &str, page: Page) -> rusqlite::Result<Vec<ProgramRow>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {PROGRAM} FROM programs WHERE organisation = ?1 AND since > ?2 ORDER BY since LIMIT ?3"
    ))?;
    rows.query_map((organisation, page.after(), page.size), row)?.collect()
}

/// Those of these pseudonyms that are programs'.
pub(crate) fn programs_among(conn: &Connection, people: &[PersonId]) -> rusqlite::Result<Vec<ProgramRow>> {
    let programs: Vec<ProgramId> = people.iter().copied().filter_map(ProgramId::of).collect();
    if programs.is_empty() {
        return Ok(Vec::new());
    }
    let places = vec!["?"; programs.len()].join(",");
    let mut rows = conn.prepare_cached(&format!("SELECT {PROGRAM} FROM programs WHERE program IN ({places})"))?;
    let values = programs.iter().map(ToString::to_string);
    rows.query_map(params_from_iter(values), row)?.collect()
}

/// All of them, for whoever names them.
pub(crate) fn all_programs(conn: &Connection) -> rusqlite::Result<Vec<ProgramRow>> {
    let mut rows = conn.prepare_cached(&format!("SELECT {PROGRAM} FROM programs"))?;
    rows.query_map([], row)?.collect()
}
