#!/usr/bin/env bash
# Puts a service's database back from a dump of backup.sh, beside the one that is there, and changes the names at the end. Nothing is removed.
#
# usage: restore.sh SERVICE DUMP LEDGER
#   LEDGER   the ledger that backup.sh has gathered; it is laid into LEDGER_FILE (keys.ledger_file of the replica that will open the epoch).
#            NO_LEDGER=yes instead of it, only where nothing was ever erased.
# Run it as a superuser of the database server (libpq's variables say where; a new server first gets its roles by postgres/init.sh), with every replica of the service stopped on every machine. It
# refuses while one holds the lease or is connected.
set -euo pipefail
umask 077

service=${1:?usage: restore.sh SERVICE DUMP LEDGER}
dump=${2:?the dump}
ledger=${3:-}
refuse() {
	echo "restore.sh: $*" >&2
	exit 1
}
sql() { psql -X -A -t --quiet --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"; }

services=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../services
grep -qxFe "$service" -- "$services" || refuse "there is no service $service"
[[ -r $dump ]] || refuse "$dump can't be read"
if [[ ${NO_LEDGER:-} != yes ]]; then
	[[ -r $ledger ]] || refuse "name the ledger of erasures: without it, what was erased comes back (NO_LEDGER=yes where nothing ever was)"
	[[ -n ${LEDGER_FILE:-} ]] || refuse "set LEDGER_FILE to the keys.ledger_file of the replica that will open the epoch"
	! grep -qvE '^[0-9a-f]{32}$' "$ledger" || refuse "$ledger has a line that is no key's id: it was altered"
fi
if [[ -r ${dump%.dump}.sha256 ]]; then
	(cd -- "$(dirname -- "$dump")" && sha256sum --quiet --check -- "$(basename -- "${dump%.dump}.sha256")") || refuse "$dump is not what was backed up"
fi

if [[ $(sql postgres "SELECT count(*) FROM pg_database WHERE datname = '$service'") == 1 ]]; then
	connected=$(sql postgres "SELECT string_agg(DISTINCT format('%s from %s', application_name, client_addr), ', ') FROM pg_stat_activity
		WHERE datname = '$service' AND pid <> pg_backend_pid()")
	[[ -z $connected ]] || refuse "somebody is connected to the database $service: $connected. Stop every replica of the service first"
	if [[ $(sql "$service" "SELECT to_regclass('journal.lease') IS NOT NULL") == t ]]; then
		holder=$(sql "$service" "SELECT address FROM journal.lease WHERE holder <> '' AND until > clock_timestamp()")
		[[ -z $holder ]] || refuse "$holder still holds the lease: stop every replica of the service, wait a few seconds, try again"
	fi
fi

at=$(date -u +%Y%m%d_%H%M%S)
sql postgres "CREATE DATABASE ${service}_$at OWNER ${service}_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
pg_restore --exit-on-error --dbname "${service}_$at" "$dump"
sql "${service}_$at" "REVOKE ALL ON DATABASE ${service}_$at FROM PUBLIC;
	GRANT CONNECT ON DATABASE ${service}_$at TO $service; REVOKE ALL ON SCHEMA public FROM PUBLIC; ANALYZE"
found=$(sql "${service}_$at" "SELECT format('name=%s size=%s epoch=%s', name, size, epoch) FROM journal.head")
entries=$(sql "${service}_$at" "SELECT count(*) = (SELECT size FROM journal.head) FROM journal.entries")
[[ $entries == t ]] || refuse "the dump's entries are not as many as its head says; ${service}_$at is left to be looked at"
keys=$(sql "${service}_$at" "SELECT count(*) FROM journal.keys k LEFT JOIN journal.wrapped_keys w ON w.key = k.id WHERE w.key IS NULL AND NOT k.erased")
[[ $keys == 0 ]] || refuse "the dump lacks $keys keys that were not erased: take an older one; ${service}_$at is left to be looked at"

if [[ -n $ledger && ${NO_LEDGER:-} != yes ]]; then
	# Added to what the replica knows, never instead of it.
	mkdir -p -- "$(dirname -- "$LEDGER_FILE")"
	touch -- "$LEDGER_FILE"
	sort -u -- "$LEDGER_FILE" "$ledger" >"$LEDGER_FILE.part"
	chown --reference="$LEDGER_FILE" -- "$LEDGER_FILE.part"
	mv -- "$LEDGER_FILE.part" "$LEDGER_FILE"
fi

old=
if [[ $(sql postgres "SELECT count(*) FROM pg_database WHERE datname = '$service'") == 1 ]]; then
	old=${service}_before_$at
	sql postgres "ALTER DATABASE $service RENAME TO $old"
fi
sql postgres "ALTER DATABASE ${service}_$at RENAME TO $service"

cat <<END
The database $service is the backup's: $found.${old:+
The former one is kept as $old. It holds what the backup lacks, and what was erased since: look into it if you must, then drop it.}

Now, with every replica of $service still stopped:
  1. bring its tables to this version and give the service its rights:  idesluss-server --services $service migrate
  2. open the next epoch:                                               idesluss-server --services $service restored --reason hardware-lost|database-damaged|mistake|moved|exercise
     (what the ledger says was erased is erased again before that)
  3. start the replicas.
Until the epoch is open, the service takes no commands as soon as it sees that the broker knows more than the journal.
END
