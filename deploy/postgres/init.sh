#!/usr/bin/env bash
# Makes a database for each service, and their roles, as superuser. Run again, it changes passwords to what the files say and nothing else.
#
# usage: init.sh [FOLDER]     FOLDER (or $PASSWORDS) holds one file a password:
#        <service>-owner and <service> for each in ../services, and backup
# Where to connect comes from libpq's own variables (PGHOST, PGPORT, PGUSER). The container image runs it by itself at the first start.
set -euo pipefail

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
# psql reads the files itself: a password in an argument could be seen in the list of processes.
export PASSWORDS=${1:-${PASSWORDS:-/run/secrets}}
export PGUSER=${PGUSER:-${POSTGRES_USER:-postgres}}

mapfile -t services <"$here/../services"

for name in "${services[@]}" "${services[@]/%/-owner}" backup; do
	if [[ ! -s $PASSWORDS/$name ]]; then
		echo "init.sh: there is no password in $PASSWORDS/$name" >&2
		exit 1
	fi
done
for service in "${services[@]}"; do
	psql -X --quiet --set ON_ERROR_STOP=1 --set service="$service" --dbname postgres --file "$here/database.psql"
done
psql -X --quiet --set ON_ERROR_STOP=1 --dbname postgres --file "$here/backup.psql"
echo "The databases ${services[*]} and their roles are there."
