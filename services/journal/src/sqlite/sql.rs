//! The statements, one file each under `sql/`.

/// The statement without the remarks above it: it is looked up by its text at every use.
const fn bare(file: &'static str) -> &'static str {
    let mut rest = file;
    while let [b'-', b'-', ..] = rest.as_bytes() {
        let bytes = rest.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        rest = rest.split_at(end + 1).1;
    }
    rest
}

pub(super) const CHECKPOINT: &str = bare(include_str!("sql/checkpoint.sql"));
pub(super) const CHECKPOINT_BESIDE: &str = bare(include_str!("sql/checkpoint_beside.sql"));
pub(super) const CHUNK_ADD: &str = bare(include_str!("sql/chunk_add.sql"));
pub(super) const CHUNK_FIND: &str = bare(include_str!("sql/chunk_find.sql"));
pub(super) const CHUNKS_EMPTY: &str = bare(include_str!("sql/chunks_empty.sql"));
pub(super) const CHUNKS_OF_FILE: &str = bare(include_str!("sql/chunks_of_file.sql"));
pub(super) const COMMAND_ADD: &str = bare(include_str!("sql/command_add.sql"));
pub(super) const COMMAND_FIND: &str = bare(include_str!("sql/command_find.sql"));
pub(super) const COMMANDS_ALL: &str = bare(include_str!("sql/commands_all.sql"));
pub(super) const CURSOR_SET: &str = bare(include_str!("sql/cursor_set.sql"));
pub(super) const CURSORS_ALL: &str = bare(include_str!("sql/cursors_all.sql"));
pub(super) const DIGESTS_OF_KEY: &str = bare(include_str!("sql/digests_of_key.sql"));
pub(super) const ENTRIES_BOUNDS: &str = bare(include_str!("sql/entries_bounds.sql"));
pub(super) const ENTRIES_SCAN: &str = bare(include_str!("sql/entries_scan.sql"));
pub(super) const ENTRIES_VERIFY: &str = bare(include_str!("sql/entries_verify.sql"));
pub(super) const ENTRY_ADD: &str = bare(include_str!("sql/entry_add.sql"));
pub(super) const ENTRY_BY_SOURCE: &str = bare(include_str!("sql/entry_by_source.sql"));
pub(super) const EVENT_ID_ADD: &str = bare(include_str!("sql/event_id_add.sql"));
pub(super) const EVENT_ID_FIND: &str = bare(include_str!("sql/event_id_find.sql"));
pub(super) const EVENT_IDS_COUNT: &str = bare(include_str!("sql/event_ids_count.sql"));
pub(super) const FEED: &str = bare(include_str!("sql/feed.sql"));
pub(super) const FILE_BEGIN: &str = bare(include_str!("sql/file_begin.sql"));
pub(super) const FILE_DONE: &str = bare(include_str!("sql/file_done.sql"));
pub(super) const FILE_FIND: &str = bare(include_str!("sql/file_find.sql"));
pub(super) const FILE_OF_UPLOAD: &str = bare(include_str!("sql/file_of_upload.sql"));
pub(super) const FILE_STATE: &str = bare(include_str!("sql/file_state.sql"));
pub(super) const FILES_ALL: &str = bare(include_str!("sql/files_all.sql"));
pub(super) const FILES_OF_KEY: &str = bare(include_str!("sql/files_of_key.sql"));
pub(super) const FILES_STALE: &str = bare(include_str!("sql/files_stale.sql"));
pub(super) const HEAD_CREATE: &str = bare(include_str!("sql/head_create.sql"));
pub(super) const HEAD_READ: &str = bare(include_str!("sql/head_read.sql"));
pub(super) const HEAD_WRITE: &str = bare(include_str!("sql/head_write.sql"));
pub(super) const INTEGRITY: &str = bare(include_str!("sql/integrity.sql"));
pub(super) const KEY_ADD: &str = bare(include_str!("sql/key_add.sql"));
pub(super) const KEY_EMPTY: &str = bare(include_str!("sql/key_empty.sql"));
pub(super) const KEY_FIND: &str = bare(include_str!("sql/key_find.sql"));
pub(super) const KEY_SCOPE: &str = bare(include_str!("sql/key_scope.sql"));
pub(super) const KEYS_ALL: &str = bare(include_str!("sql/keys_all.sql"));
pub(super) const KEYS_ERASED: &str = bare(include_str!("sql/keys_erased.sql"));
pub(super) const KEYS_OF_SCOPE: &str = bare(include_str!("sql/keys_of_scope.sql"));
pub(super) const KIND_ADD: &str = bare(include_str!("sql/kind_add.sql"));
pub(super) const KINDS_ALL: &str = bare(include_str!("sql/kinds_all.sql"));
pub(super) const ORPHANS_ALL: &str = bare(include_str!("sql/orphans_all.sql"));
pub(super) const ORPHANS_EXPECTED: &str = bare(include_str!("sql/orphans_expected.sql"));
pub(super) const ORPHANS_MARK: &str = bare(include_str!("sql/orphans_mark.sql"));
pub(super) const PARK: &str = bare(include_str!("sql/park.sql"));
pub(super) const PARKED_ALL: &str = bare(include_str!("sql/parked_all.sql"));
pub(super) const QUARANTINE_ADD: &str = bare(include_str!("sql/quarantine_add.sql"));
pub(super) const QUARANTINE_ALL: &str = bare(include_str!("sql/quarantine_all.sql"));
pub(super) const SCHEMA: &str = include_str!("sql/schema.sql");
pub(super) const SOURCE_ADD: &str = bare(include_str!("sql/source_add.sql"));
pub(super) const SOURCE_MOVE: &str = bare(include_str!("sql/source_move.sql"));
pub(super) const SOURCES_READ: &str = bare(include_str!("sql/sources_read.sql"));
pub(super) const STREAM_ADD: &str = bare(include_str!("sql/stream_add.sql"));
pub(super) const STREAM_ENTRIES: &str = bare(include_str!("sql/stream_entries.sql"));
pub(super) const STREAM_FIND: &str = bare(include_str!("sql/stream_find.sql"));
pub(super) const STREAMS_VERIFY: &str = bare(include_str!("sql/streams_verify.sql"));
pub(super) const TEXT_ADD: &str = bare(include_str!("sql/text_add.sql"));
pub(super) const TEXT_FIND: &str = bare(include_str!("sql/text_find.sql"));
pub(super) const TEXTS_ALL: &str = bare(include_str!("sql/texts_all.sql"));
pub(super) const TEXTS_EMPTY: &str = bare(include_str!("sql/texts_empty.sql"));
pub(super) const TILE_ADD: &str = bare(include_str!("sql/tile_add.sql"));
pub(super) const TILE_FIND: &str = bare(include_str!("sql/tile_find.sql"));
pub(super) const TILES_COUNT: &str = bare(include_str!("sql/tiles_count.sql"));
pub(super) const UNPARK: &str = bare(include_str!("sql/unpark.sql"));
