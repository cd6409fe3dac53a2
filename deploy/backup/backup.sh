#!/usr/bin/env bash
# Takes a backup of one service: its database as a dump, and its ledger of erasures apart from it. Safe while the service runs.
#
# usage: backup.sh SERVICE FOLDER LEDGER_FOLDER [LEDGER…]
#   SERVICE        one of ../services
#   FOLDER         where dumps go: SERVICE-<time>.dump beside SERVICE-<time>.about
#   LEDGER_FOLDER  where the ledger is gathered; another disk, and another machine, than the dumps'
#   LEDGER…        the ledgers of this service's replicas that this machine can read (keys.ledger_file)
#   KEEP_DAYS=35   older dumps are removed: what was erased lives on in them, so that nobody may keep them for ever
# The database is found through libpq's own variables (PGHOST, PGPORT, PGUSER, PGPASSFILE, PGSSLMODE, PGSSLROOTCERT); PGUSER is by default
# the database's owner. The master key is never part of a backup: with it beside the dumps, whoever finds them reads every text.
#
# A dump loses what came after it. To lose less, and to recover to a point in time, use base backups and the archived write-ahead log: see
# "Backup and restore" in deploy/README.md.
set -euo pipefail
umask 077

service=${1:?usage: backup.sh SERVICE FOLDER LEDGER_FOLDER [LEDGER…]}
folder=${2:?where dumps go}
ledgers=${3:?where the ledger is gathered}
shift 3
services=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../services
grep -qxFe "$service" -- "$services" || {
	echo "backup.sh: there is no service $service" >&2
	exit 1
}
export PGDATABASE=${PGDATABASE:-$service} PGUSER=${PGUSER:-${service}_owner}
keep=${KEEP_DAYS:-35}
mkdir -p -- "$folder" "$ledgers"

# Before the dump: it holds at least as much.
about=$(psql -X -A -t --set ON_ERROR_STOP=1 --command \
	"SELECT format('name=%s size=%s epoch=%s', name, size, epoch) FROM journal.head")
[[ -n $about ]] || {
	echo "backup.sh: the journal has no head: is this the service's database?" >&2
	exit 1
}
dump=$folder/$service-$(date -u +%Y%m%dT%H%M%SZ).dump
# An erasure writes a part of the keys anew, in a new file. A dump whose snapshot is older than that would have that part empty: it is taken again.
key_files() {
	psql -X -A -t --set ON_ERROR_STOP=1 --command "SELECT string_agg(relfilenode::text, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'journal'::regnamespace AND relname LIKE 'wrapped\\_keys\\___'"
}
for attempt in 1 2 3 4 5; do
	before=$(key_files)
	# With its privileges: one of them takes the function that erases keys from everybody but the service.
	pg_dump --format=custom --compress=6 --lock-wait-timeout=60s --file "$dump.part"
	[[ $(key_files) != "$before" ]] || break
	[[ $attempt -lt 5 ]] || {
		rm -f -- "$dump.part"
		echo "backup.sh: something was erased during each of $attempt dumps: take it again later" >&2
		exit 1
	}
done
# A dump that can't be read is none.
pg_restore --list "$dump.part" | grep "TABLE DATA journal entries" >/dev/null
sync -- "$dump.part"
mv -- "$dump.part" "$dump"
(cd -- "$folder" && sha256sum -- "$(basename -- "$dump")") >"${dump%.dump}.sha256"
echo "$about" >"${dump%.dump}.about"

# After the dump, and only ever added to: an erasure that came in between must be in it, and none may be forgotten, whichever replica noted it.
ledger=$ledgers/$service.erased
touch -- "$ledger"
for one in "$@"; do
	[[ -r $one ]] || {
		echo "backup.sh: the ledger $one can't be read" >&2
		exit 1
	}
done
# A last line without its end was being written just now.
cat -- "$ledger" "$@" | grep -E '^[0-9a-f]{32}$' | sort -u >"$ledger.part" || [[ ! -s $ledger ]]
sync -- "$ledger.part"
mv -- "$ledger.part" "$ledger"

find "$folder" -maxdepth 1 -name "$service-*" -mtime "+$keep" -type f -delete
echo "$dump: $about, $(wc -l <"$ledger") erased keys in $ledger"
