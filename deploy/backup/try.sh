# Sourced by ../try.sh, with everything running: a backup, a loss, a restore, a new epoch.
as_owner() {
	env PGHOST=localhost PGPORT="${port[postgres]}" PGSSLMODE=verify-full PGSSLROOTCERT="$folder/secrets/ca.pem" \
		PGPASSWORD="$(<"$folder/secrets/migrate-submission/owner-password")" "$@"
}
# A key that was erased long ago, in the ledger alone.
erased=00112233445566778899aabbccddeeff
echo $erased >"$folder/other-ledger"
as_owner "$here/backup/backup.sh" submission "$folder/dumps" "$folder/ledgers" "$folder/ledger-submission" "$folder/other-ledger" >/dev/null
dump=$(ls "$folder"/dumps/*.dump)
step "backup.sh while the service runs: $(<"${dump%.dump}.about")"

# What the backup will lack: one more idea, whose events the broker and evaluation have taken.
kept=$(told submission "$own")
"$here/try-idea.py" "http://127.0.0.1:${port[web]}" "En lampa till"
until_so 30 status submission "$own > $kept"
until_so 30 status submission "$even"
until_so 30 status evaluation "told['journal']['received']['/fyrbodal/submission/house']['sequence'] > $kept"

chmod -R a+rX "$folder/dumps" "$folder/ledgers"
install -d -o postgres "$folder/restoring"
restore() {
	as_superuser env LEDGER_FILE="$folder/restoring/erased" "$here/backup/restore.sh" submission "$dump" "$folder/ledgers/submission.erased"
}
if restore >/dev/null 2>"$folder/refusal"; then
	echo "try.sh: restore.sh did not refuse while the service runs" >&2
	exit 1
fi
grep -q 'Stop every replica' "$folder/refusal"
stop submission
restore >/dev/null
grep -qx $erased "$folder/restoring/erased"
may=$(as_superuser psql -XAtq -d submission -c "SELECT string_agg(r::text, ' ') FROM unnest(ARRAY[
	has_function_privilege('public', 'journal.erase_keys(bytea[],bigint[])', 'EXECUTE'), has_database_privilege('public', 'submission', 'CONNECT'),
	has_database_privilege('evaluation', 'submission', 'CONNECT'), has_table_privilege('submission', 'journal.entries', 'UPDATE')]) AS r")
if [[ $may != "false false false false" ]]; then
	echo "try.sh: in the restored database somebody may what they must not: $may" >&2
	exit 1
fi
cp "$folder/restoring/erased" "$folder/ledger-submission"
step "restore.sh refuses while the service runs, and restores when it is stopped; the ledger comes with it"

# Somebody forgets the epoch: the service sees it and takes no commands.
migrate submission
begin submission
until_so 60 ready submission
until_so 30 status submission 'told["journal"]["halted"] and "restored from an older backup" in told["journal"]["halted"]'
stop submission
open_epoch submission exercise
begin submission
until_so 60 ready submission
until_so 30 status submission 'not told["journal"]["halted"]'
until_so 30 status submission "$even"
until_so 30 status evaluation 'told["journal"]["received"]["/fyrbodal/submission/house"]["epoch"] == 2'
until_so 30 status evaluation 'told["journal"]["orphaned"] > 0'
until_so 10 signed submission 2
"$here/try-idea.py" "http://127.0.0.1:${port[web]}" "Lampan igen"
step "without a new epoch the restored journal takes no commands and publishes nothing; with it all goes on, and evaluation follows"

# A base backup with the log that belongs to it, as for recovery to a point in time.
env PGPASSWORD="$(<"$folder/secrets/postgres/backup")" "$pg/pg_basebackup" --pgdata="$folder/base" --format=plain --wal-method=stream --checkpoint=fast \
	--dbname="host=localhost port=${port[postgres]} user=backup sslmode=verify-full sslrootcert=$folder/secrets/ca.pem"
"$pg/pg_verifybackup" --quiet "$folder/base"
step "pg_basebackup as the role backup, verified"

# Back to a moment, from that base backup and the archived log alone.
size() { as_superuser psql -XAtq --port "$1" -d submission -c "SELECT size FROM journal.head"; }
sleep 2
before=$(size "${port[postgres]}")
moment=$(as_superuser psql -XAtq -d postgres -c "SELECT clock_timestamp()")
"$here/try-idea.py" "http://127.0.0.1:${port[web]}" "En lampa för mycket"
(($(size "${port[postgres]}") > before))
segment=$(as_superuser psql -XAtq -d postgres -c "SELECT pg_walfile_name(pg_switch_wal())")
until_so 20 test -s "$folder/archive/$segment"
cat >>"$folder/base/postgresql.auto.conf" <<END
restore_command = 'cp $folder/archive/%f %p'
recovery_target_time = '$moment'
recovery_target_action = 'promote'
archive_mode = off
END
touch "$folder/base/recovery.signal"
chown -R postgres "$folder/base"
port_for recovered
runuser -u postgres -- "$pg/pg_ctl" -D "$folder/base" -l "$folder/postgres.log" -o "-p ${port[recovered]}" -s -w start
until_so 20 as_superuser psql -Xq --port "${port[recovered]}" -d postgres -c "SELECT 1 / (NOT pg_is_in_recovery())::int"
[[ $(size "${port[recovered]}") == "$before" ]]
runuser -u postgres -- "$pg/pg_ctl" -D "$folder/base" -m immediate -s stop
step "archive.sh, and recovery to a point in time: the idea after it is gone, those before it are there"
