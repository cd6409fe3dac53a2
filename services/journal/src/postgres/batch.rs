//! Writing what a batch has gathered: one statement, one round trip, one commit.

use super::rows::Columns;
use super::sql;
use super::state::Known;
use crate::number;
use crate::write::HeadState;
use sqlx::Row as _;
use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::Query;

/// Writes `columns`, and moves the head from where `known` has it to `head_state`. Returns where the head's row lies now.
///
/// Errors: the head or the lease has moved on, or anything else; then nothing was written, unless the connection broke.
pub(super) async fn write(
    conn: &mut PgConnection,
    known: &Known,
    head_state: &HeadState,
    columns: Columns,
) -> Result<String, sqlx::Error> {
    let is_plain = columns.beside.is_empty();
    let statement = if is_plain { sql::WRITE } else { sql::WRITE_ALL };
    let lines: Vec<&[u8]> = columns.entry_lines.iter().map(|line| &**line).collect();
    let mut query = sqlx::query(statement)
        .bind(&known.row)
        .bind(known.lease)
        .bind(known.batch)
        .bind(number::to(known.state.head_state.size))
        .bind(number::to(head_state.size))
        .bind(head_state.recorded)
        .bind(i64::from(head_state.epoch))
        .bind(head_state.compact_range.peaks().concat())
        .bind(columns.entry_streams)
        .bind(columns.entry_versions)
        .bind(columns.entry_sources)
        .bind(columns.entry_epochs)
        .bind(columns.entry_sequences)
        .bind(columns.entry_event_ids)
        .bind(lines)
        .bind(columns.command_ids)
        .bind(columns.command_organisations)
        .bind(columns.command_fingerprints)
        .bind(columns.command_entries)
        .bind(columns.command_sums)
        .bind(columns.tile_levels)
        .bind(columns.tile_numbers)
        .bind(columns.tile_hashes);
    if !is_plain {
        query = beside(query, columns.beside);
    }
    // Read to its end: only then has the commit returned.
    let rows = query.fetch_all(conn).await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}

fn beside(query: Query<'_, Postgres, PgArguments>, columns: super::rows::Beside) -> Query<'_, Postgres, PgArguments> {
    let mut key_columns: (Vec<_>, Vec<_>, Vec<_>, Vec<_>, Vec<_>) = Default::default();
    for key in columns.keys {
        key_columns.0.push(key.id);
        key_columns.1.push(key.organisation);
        key_columns.2.push(key.scope);
        key_columns.3.push(key.wrapped_by);
        key_columns.4.push(key.wrapped);
    }
    let mut text_columns: (Vec<_>, Vec<_>, Vec<_>, Vec<_>) = Default::default();
    for text in columns.texts {
        text_columns.0.push(text.digest);
        text_columns.1.push(text.key);
        text_columns.2.push(text.bound_to);
        text_columns.3.push(Vec::from(text.ciphertext));
    }
    query
        .bind(columns.kind_names)
        .bind(columns.kind_positions)
        .bind(columns.source_ids)
        .bind(columns.source_names)
        .bind(columns.source_owns)
        .bind(columns.organisation_ids)
        .bind(columns.organisation_names)
        .bind(columns.empty_ids)
        .bind(columns.empty_organisations)
        .bind(columns.empty_fingerprints)
        .bind(columns.empty_sources)
        .bind(columns.empty_epochs)
        .bind(columns.empty_sequences)
        .bind(columns.empty_positions)
        .bind(columns.empty_sums)
        .bind(columns.orphan_sources)
        .bind(columns.orphan_epochs)
        .bind(columns.orphan_sequences)
        .bind(columns.refused_positions)
        .bind(columns.refused_sources)
        .bind(columns.refused_epochs)
        .bind(columns.refused_sequences)
        .bind(columns.refused_from_positions)
        .bind(columns.refused_reasons)
        .bind(columns.refused_digests)
        .bind(columns.refused_events)
        .bind(columns.refused_sums)
        .bind(key_columns.0)
        .bind(key_columns.1)
        .bind(key_columns.2)
        .bind(key_columns.3)
        .bind(key_columns.4)
        .bind(columns.key_sums)
        .bind(text_columns.0)
        .bind(text_columns.1)
        .bind(text_columns.2)
        .bind(text_columns.3)
        .bind(columns.text_sums)
        .bind(columns.file_seqs)
        .bind(columns.file_sums)
        .bind(columns.cursor_reactions)
        .bind(columns.cursor_nexts)
        .bind(columns.cursor_sums)
}
