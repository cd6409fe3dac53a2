use super::sql;
use crate::check::check_tile;
use crate::{StoreError, number};
use sqlx::postgres::PgConnection;

/// A tile that the lines have filled: level, number, its hashes.
pub(super) type Filled = (u8, u64, Vec<u8>);

/// Compares filled tiles with the stored ones.
pub(super) async fn compare(conn: &mut PgConnection, filled: Vec<Filled>) -> Result<(), StoreError> {
    for (level, tile, hashes) in filled {
        let query = sqlx::query_as::<_, (i64, Vec<u8>)>(sql::TILES_FIND)
            .bind(i16::from(level))
            .bind(number::to(tile))
            .bind(number::to(tile.saturating_add(1)));
        let stored = query.fetch_optional(&mut *conn).await?;
        let stored = stored.map(|(_, stored)| stored).unwrap_or_default();
        check_tile(level, tile, &hashes, &stored)?;
    }
    Ok(())
}
