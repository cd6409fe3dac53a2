//! The statements, one file each under `sql/`.

use crate::bare::bare;

pub(super) const CHUNK_ADD: &str = bare(include_str!("sql/chunk_add.sql"));
pub(super) const CHUNK_FIND: &str = bare(include_str!("sql/chunk_find.sql"));
pub(super) const CHUNKS_EMPTY: &str = bare(include_str!("sql/chunks_empty.sql"));
pub(super) const CHUNKS_OF_FILE: &str = bare(include_str!("sql/chunks_of_file.sql"));
pub(super) const COMMAND_FIND: &str = bare(include_str!("sql/command_find.sql"));
pub(super) const CREDENTIAL_FIND: &str = bare(include_str!("sql/credential_find.sql"));
pub(super) const CREDENTIAL_FORGET: &str = bare(include_str!("sql/credential_forget.sql"));
pub(super) const CREDENTIAL_SET: &str = bare(include_str!("sql/credential_set.sql"));
pub(super) const CREDENTIALS_ALL: &str = bare(include_str!("sql/credentials_all.sql"));
pub(super) const CREDENTIALS_OF: &str = bare(include_str!("sql/credentials_of.sql"));
pub(super) const CREDENTIALS_SWEEP: &str = bare(include_str!("sql/credentials_sweep.sql"));
pub(super) const CURSOR_FIND: &str = bare(include_str!("sql/cursor_find.sql"));
pub(super) const CURSORS_ALL: &str = bare(include_str!("sql/cursors_all.sql"));
pub(super) const DIGESTS_OF_KEYS: &str = bare(include_str!("sql/digests_of_keys.sql"));
pub(super) const EMPTY_COMMANDS_ALL: &str = bare(include_str!("sql/empty_commands_all.sql"));
pub(super) const ENTRIES_BOUNDS: &str = bare(include_str!("sql/entries_bounds.sql"));
pub(super) const ENTRIES_SCAN: &str = bare(include_str!("sql/entries_scan.sql"));
pub(super) const ENTRIES_VERIFY: &str = bare(include_str!("sql/entries_verify.sql"));
pub(super) const ENTRY_BY_SOURCE: &str = bare(include_str!("sql/entry_by_source.sql"));
pub(super) const FEED: &str = bare(include_str!("sql/feed.sql"));
pub(super) const FILE_BEGIN: &str = bare(include_str!("sql/file_begin.sql"));
pub(super) const FILE_DONE: &str = bare(include_str!("sql/file_done.sql"));
pub(super) const FILE_FIND: &str = bare(include_str!("sql/file_find.sql"));
pub(super) const FILE_OF_UPLOAD: &str = bare(include_str!("sql/file_of_upload.sql"));
pub(super) const FILES_ALL: &str = bare(include_str!("sql/files_all.sql"));
pub(super) const FILES_GONE: &str = bare(include_str!("sql/files_gone.sql"));
pub(super) const FILES_OF_KEYS: &str = bare(include_str!("sql/files_of_keys.sql"));
pub(super) const FILES_STALE: &str = bare(include_str!("sql/files_stale.sql"));
pub(super) const GRANTS: &str = include_str!("sql/grants.sql");
pub(super) const HEAD_CREATE: &str = bare(include_str!("sql/head_create.sql"));
pub(super) const HEAD_FOLLOW: &str = bare(include_str!("sql/head_follow.sql"));
pub(super) const HEAD_READ: &str = bare(include_str!("sql/head_read.sql"));
pub(super) const KEY_ADD: &str = bare(include_str!("sql/key_add.sql"));
pub(super) const KEYS_ALL: &str = bare(include_str!("sql/keys_all.sql"));
pub(super) const KEY_REWRAP: &str = bare(include_str!("sql/key_rewrap.sql"));
pub(super) const KEYS_ERASE: &str = bare(include_str!("sql/keys_erase.sql"));
pub(super) const KEYS_ERASED: &str = bare(include_str!("sql/keys_erased.sql"));
pub(super) const KEYS_FIND: &str = bare(include_str!("sql/keys_find.sql"));
pub(super) const KEYS_OF_SCOPE: &str = bare(include_str!("sql/keys_of_scope.sql"));
pub(super) const KINDS_ALL: &str = bare(include_str!("sql/kinds_all.sql"));
pub(super) const LEASE_CHECK: &str = bare(include_str!("sql/lease_check.sql"));
pub(super) const LEASE_GIVE_UP: &str = bare(include_str!("sql/lease_give_up.sql"));
pub(super) const LEASE_RENEW: &str = bare(include_str!("sql/lease_renew.sql"));
pub(super) const LEASE_TAKE: &str = bare(include_str!("sql/lease_take.sql"));
pub(super) const LOOK_UP: &str = bare(include_str!("sql/look_up.sql"));
pub(super) const LOOK_UP_LINES: &str = bare(include_str!("sql/look_up_lines.sql"));
pub(super) const MIGRATION_LOCK: &str = bare(include_str!("sql/migration_lock.sql"));
pub(super) const NOTIFY: &str = bare(include_str!("sql/notify.sql"));
pub(super) const ORGANISATIONS_ALL: &str = bare(include_str!("sql/organisations_all.sql"));
pub(super) const ORPHANS_ALL: &str = bare(include_str!("sql/orphans_all.sql"));
pub(super) const ORPHANS_EXPECTED: &str = bare(include_str!("sql/orphans_expected.sql"));
pub(super) const PARK: &str = bare(include_str!("sql/park.sql"));
pub(super) const PARKED_ALL: &str = bare(include_str!("sql/parked_all.sql"));
pub(super) const PLAN_FOR_WHOLE: &str = bare(include_str!("sql/plan_for_whole.sql"));
pub(super) const QUARANTINE_ALL: &str = bare(include_str!("sql/quarantine_all.sql"));
pub(super) const QUARANTINE_VERIFY: &str = bare(include_str!("sql/quarantine_verify.sql"));
pub(super) const RECEIVED_SINCE: &str = bare(include_str!("sql/received_since.sql"));
pub(super) const RELAY_FIND: &str = bare(include_str!("sql/relay_find.sql"));
pub(super) const RELAY_SET: &str = bare(include_str!("sql/relay_set.sql"));
pub(super) const SETTINGS_READ: &str = bare(include_str!("sql/settings_read.sql"));
pub(super) const SOURCES_READ: &str = bare(include_str!("sql/sources_read.sql"));
pub(super) const SOURCE_CHECKPOINT_FIND: &str = bare(include_str!("sql/source_checkpoint_find.sql"));
pub(super) const SOURCE_CHECKPOINT_SET: &str = bare(include_str!("sql/source_checkpoint_set.sql"));
pub(super) const SOURCE_CHECKPOINTS_ALL: &str = bare(include_str!("sql/source_checkpoints_all.sql"));
pub(super) const STREAM_AFTER: &str = bare(include_str!("sql/stream_after.sql"));
pub(super) const STREAM_VERSION: &str = bare(include_str!("sql/stream_version.sql"));
pub(super) const STREAMS_READ: &str = bare(include_str!("sql/streams_read.sql"));
pub(super) const STREAMS_VERIFY: &str = bare(include_str!("sql/streams_verify.sql"));
pub(super) const TABLES_COUNT: &str = bare(include_str!("sql/tables_count.sql"));
pub(super) const TALLY: &str = bare(include_str!("sql/tally.sql"));
pub(super) const TEXTS_ALL: &str = bare(include_str!("sql/texts_all.sql"));
pub(super) const TEXTS_EMPTY: &str = bare(include_str!("sql/texts_empty.sql"));
pub(super) const TEXTS_FIND: &str = bare(include_str!("sql/texts_find.sql"));
pub(super) const TILES_FIND: &str = bare(include_str!("sql/tiles_find.sql"));
pub(super) const UNPARK: &str = bare(include_str!("sql/unpark.sql"));
pub(super) const VERSION_CREATE: &str = include_str!("sql/version_create.sql");
pub(super) const VERSION_EXISTS: &str = bare(include_str!("sql/version_exists.sql"));
pub(super) const VERSION_READ: &str = bare(include_str!("sql/version_read.sql"));
pub(super) const VERSION_WRITE: &str = bare(include_str!("sql/version_write.sql"));
pub(super) const WRITE: &str = bare(include_str!("sql/write.sql"));
pub(super) const WRITE_ALL: &str = bare(include_str!("sql/write_all.sql"));

/// The migrations in order; number one is the first.
pub(super) const MIGRATIONS: [&str; 3] = [
    include_str!("sql/migrations/0001_tables.sql"),
    include_str!("sql/migrations/0002_fences.sql"),
    include_str!("sql/migrations/0003_write.sql"),
];
