//! In release builds nobody looks at plans, nor counts again.

use super::derived::Derived;
use rusqlite::Connection;

pub(super) struct Plans;

impl Plans {
    pub(super) fn watch(_: &mut Connection) -> rusqlite::Result<Self> {
        Ok(Self)
    }

    pub(super) fn recount(&self, _: &Connection, _: &[Derived]) {}

    pub(super) fn check(&self, _: &Connection, _is_bounded: bool) {}
}
