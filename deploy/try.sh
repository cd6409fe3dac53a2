#!/usr/bin/env bash
# Tries what stands in this folder on real servers: PostgreSQL with init.sh, idesluss.conf and pg_hba.conf, NATS with nats.conf, the
# certificates and passwords of secrets.sh, the settings of systemd/settings. Starts the services on loopback, has an event go from one to the
# other, takes a backup, loses what came after it, and restores. Leaves nothing behind.
#
# usage: try.sh [BINARIES]   default: target/debug. Needs root (PostgreSQL and peer logins want users of their own).
set -euo pipefail
umask 022

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
binaries=$(cd -- "${1:-$here/../target/debug}" && pwd)
pg=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
nats_server=$("$here/../tests/nats.sh")
mapfile -t services <"$here/services"
folder=$(mktemp -d)
# The superuser's socket and the services' files are for several users.
chmod 0755 "$folder"
declare -A running=()

stop() {
	[[ -n ${running[$1]:-} ]] || return 0
	kill -TERM "${running[$1]}" 2>/dev/null || true
	wait "${running[$1]}" 2>/dev/null || true
	unset "running[$1]"
}
finish() {
	local code=$? name
	for name in gateway "${services[@]}" nats; do stop "$name"; done
	for name in data base; do
		[[ ! -s $folder/$name/postmaster.pid ]] || runuser -u postgres -- "$pg/pg_ctl" -D "$folder/$name" -m immediate -s stop || true
	done
	if ((code)); then
		echo "try.sh: failed; the logs' ends:" >&2
		tail -n 5 "$folder"/*.log >&2 || true
	fi
	rm -rf -- "$folder"
	exit $code
}
trap finish EXIT
trap 'echo "try.sh: line $LINENO" >&2' ERR
step() { echo "  - $*"; }
declare -A port
next=$((20000 + RANDOM % 10000))
# port_for NAME: one that is free, below those that the system gives to connections, which would take it before it is listened on.
port_for() {
	until python3 -c 'import socket, sys; socket.socket().bind(("127.0.0.1", int(sys.argv[1])))' "$next" 2>/dev/null; do ((next += 1)); done
	port[$1]=$next
	((next += 1))
}
# until SECONDS COMMAND…
until_so() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || { echo "try.sh: not in time: $*" >&2; return 1; }
		sleep 0.2
	done
}

peers=()
for name in postgres nats monitor web ops-gateway; do port_for "$name"; done
for service in "${services[@]}"; do
	for name in "$service" "ops-$service" "log-$service"; do port_for "$name"; done
	peers+=("IDESLUSS_PEERS__${service^^}=https://localhost:${port[$service]}")
done

INSTANCE=fyrbodal OWNERS=keep "$here/compose/secrets.sh" "$folder/secrets" >/dev/null
cp "$here/compose/instance.example.toml" "$folder/instance.toml"
step "secrets.sh: an authority, certificates, the master key, passwords"

cp -r "$here/postgres" "$here/services" "$folder/"
cp -r "$folder/secrets/postgres" "$folder/passwords"
mkdir "$folder/archive"
chown -R postgres "$folder/passwords" "$folder/archive"
install -d -o postgres "$folder/data" "$folder/socket"
runuser -u postgres -- "$pg/initdb" -D "$folder/data" --data-checksums --locale=C --encoding=UTF8 --username=postgres >/dev/null
cat >>"$folder/data/postgresql.conf" <<END
include '$folder/postgres/idesluss.conf'
archive_command = 'ARCHIVE=$folder/archive $folder/postgres/archive.sh %p %f'
hba_file = '$folder/postgres/pg_hba.conf'
listen_addresses = '127.0.0.1'
port = ${port[postgres]}
unix_socket_directories = '$folder/socket'
ssl = on
ssl_cert_file = '$folder/passwords/cert.pem'
ssl_key_file = '$folder/passwords/key.pem'
END
chmod -R a+rX "$folder/postgres"
touch "$folder/postgres.log" && chown postgres "$folder/postgres.log"
runuser -u postgres -- "$pg/pg_ctl" -D "$folder/data" -l "$folder/postgres.log" -s -w start
as_superuser() { runuser -u postgres -- env PGHOST="$folder/socket" PGPORT="${port[postgres]}" "$@"; }
as_superuser "$folder/postgres/init.sh" "$folder/passwords" >/dev/null
as_superuser "$folder/postgres/init.sh" "$folder/passwords" >/dev/null
step "init.sh on PostgreSQL $("$pg/postgres" --version | grep -oE '[0-9.]+' | head -1), twice"

sed -e "s#/etc/nats/secrets#$folder/secrets/nats/secrets#" -e "s#/var/lib/nats#$folder/nats#" \
	-e "s#0.0.0.0:4222#127.0.0.1:${port[nats]}#" -e "s#127.0.0.1:8222#127.0.0.1:${port[monitor]}#" \
	"$folder/secrets/nats/nats.conf" >"$folder/secrets/nats/here.conf"
"$nats_server" -c "$folder/secrets/nats/here.conf" -l "$folder/nats.log" &
running[nats]=$!
until_so 10 curl -fsS "http://127.0.0.1:${port[monitor]}/healthz"
step "nats.conf on NATS server $("$nats_server" --version | grep -oE '[0-9.]+$')"

# The settings are the examples' own; what is different on this machine comes from the environment, which goes before them.
with_settings() {
	local service=$1 ca=$folder/secrets/$1/ca.pem
	shift
	local at=postgres://%s@localhost:${port[postgres]}/$service?sslmode=verify-full\&sslrootcert=$ca
	$run env IDESLUSS_DIRECTORY="$folder/instance.toml" IDESLUSS_DATA="$folder/views-$service" \
		IDESLUSS_GRPC__LISTEN="127.0.0.1:${port[$service]}" IDESLUSS_GRPC__ADVERTISE="https://localhost:${port[$service]}" \
		IDESLUSS_OPS__LISTEN="127.0.0.1:${port[ops-$service]}" \
		IDESLUSS_DATABASE__URL="${at/\%s/$service}" IDESLUSS_DATABASE__PASSWORD_FILE="$folder/secrets/$service/database-password" \
		IDESLUSS_BROKER__URLS="tls://localhost:${port[nats]}" IDESLUSS_BROKER__PASSWORD_FILE="$folder/secrets/$service/broker-password" \
		IDESLUSS_KEYS__MASTER_FILE="$folder/secrets/$service/master.key" IDESLUSS_KEYS__LEDGER_FILE="$folder/ledger-$service" \
		IDESLUSS_SIGNING__KEY_FILE="$folder/secrets/$service/signing.key" IDESLUSS_SIGNING__GUARD="$folder/guard-$service" \
		IDESLUSS_SIGNING__LISTEN="127.0.0.1:${port[log-$service]}" \
		IDESLUSS_TLS__CA_FILE="$ca" IDESLUSS_TLS__CERT_FILE="$folder/secrets/$service/cert.pem" IDESLUSS_TLS__KEY_FILE="$folder/secrets/$service/key.pem" \
		"${peers[@]}" "${owner[@]}" "${limit[@]}" "$binaries/idesluss-server" --services "$service" --config "$here/systemd/settings/$service.toml" "$@"
}
# run=exec makes the service itself the shell's child, so that a signal reaches it.
owner=() limit=() run=
migrate() {
	local ca=$folder/secrets/$1/ca.pem
	owner=(env "IDESLUSS_DATABASE__OWNER_URL=postgres://$1_owner@localhost:${port[postgres]}/$1?sslmode=verify-full&sslrootcert=$ca"
		"IDESLUSS_DATABASE__OWNER_PASSWORD_FILE=$folder/secrets/migrate-$1/owner-password")
	with_settings "$1" migrate >/dev/null
	owner=()
}
open_epoch() {
	limit=(timeout -s KILL 60)
	with_settings "$1" restored --reason "$2" >/dev/null || { echo "try.sh: \`restored\` of $1 did not end well" >&2; return 1; }
	limit=()
}
begin() {
	run=exec with_settings "$1" >>"$folder/$1.log" 2>&1 &
	running[$1]=$!
}
# status SERVICE EXPRESSION: whether it holds of what the service tells of itself, as Python reads it.
status() {
	curl -fsS --max-time 5 "http://127.0.0.1:${port[ops-$1]}/$1/status" | python3 -c '
import json, sys
told = json.load(sys.stdin)
sys.exit(0 if eval(sys.argv[1]) else 1)' "$2"
}
ready() { curl -fsS --max-time 5 "http://127.0.0.1:${port[ops-$1]}/readyz"; }
even='told["messaging"]["relays"] and all(r["lag_events"] == 0 and not r["problem"] and r["stream_created"] for r in told["messaging"]["relays"])'
receiving='told["messaging"]["broker"]["connected"] and all(r["pending"] == 0 and not r["problem"] and not r["origin_problem"] for r in told["messaging"]["receivers"])'

for service in "${services[@]}"; do
	mkdir -p "$folder/views-$service"
	migrate "$service"
	with_settings "$service" --check-config >/dev/null
done
step "the example settings are in order, and the tables are made by their owners"
# An event of their own, so that their streams come into being; submission gets an idea.
for service in "${services[@]:1}"; do open_epoch "$service" exercise; done
for service in "${services[@]}"; do begin "$service"; done
for service in "${services[@]}"; do until_so 60 ready "$service"; done

env IDESLUSS_DIRECTORY="$folder/instance.toml" IDESLUSS_WEB__LISTEN="127.0.0.1:${port[web]}" IDESLUSS_WEB__DEMO=true \
	IDESLUSS_OPS__LISTEN="127.0.0.1:${port[ops-gateway]}" \
	IDESLUSS_TLS__CA_FILE="$folder/secrets/gateway/ca.pem" IDESLUSS_TLS__CERT_FILE="$folder/secrets/gateway/cert.pem" \
	IDESLUSS_TLS__KEY_FILE="$folder/secrets/gateway/key.pem" "${peers[@]}" \
	"$binaries/idesluss-server" --services gateway --config "$here/systemd/settings/gateway.toml" >>"$folder/gateway.log" 2>&1 &
running[gateway]=$!
until_so 20 ready gateway
"$here/try-idea.py" "http://127.0.0.1:${port[web]}" "En lampa"
step "the gateway: an idea is submitted"
for service in "${services[@]}"; do until_so 30 status "$service" "$even"; done
for service in "${services[@]}"; do until_so 30 status "$service" "$receiving"; done
until_so 30 status submission 'told["journal"]["received"]["/fyrbodal/evaluation/house"]["sequence"] == 1'
# told SERVICE EXPRESSION: what the service tells of itself, as Python reads it.
told() {
	curl -fsS --max-time 5 "http://127.0.0.1:${port[ops-$1]}/$1/status" | python3 -c '
import json, sys
told = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$2"
}
own='told["journal"]["own"]["/fyrbodal/submission/house"]'
until_so 30 status evaluation "told['journal']['received']['/fyrbodal/submission/house']['sequence'] == $(told submission "$own")"
step "three services: each publishes into its own stream and receives from the others', with its own user's rights"

# signed SERVICE EPOCH: whether its checkpoint is signed under the name whose key public-keys prints, covers the whole journal, and has its tiles.
signed() {
	local at=http://127.0.0.1:${port[log-$1]} origin=fyrbodal/$1/$2 size
	# Each with && : whoever waits until it is so would not notice a line in the middle that fails.
	size=$(told "$1" 'told["journal"]["size"]') &&
		curl -fsS --max-time 5 "$at/checkpoint" >"$folder/checkpoint-$1" &&
		[[ $(sed -n 1,2p "$folder/checkpoint-$1" | paste -sd ' ') == "$origin $size" ]] &&
		with_settings "$1" public-keys --epoch "$2" | grep -qF "log $origin+" &&
		grep -qF -- "— $origin " "$folder/checkpoint-$1" &&
		 [[ $(curl -fsS --max-time 5 "$at/tile/0/000.p/$size" | wc -c) == $((size * 32)) ]]
}
until_so 10 signed submission 1
for service in "${services[@]:1}"; do until_so 10 signed "$service" 2; done
step "each signs its journal: checkpoint and tiles are read over HTTP"

if grep -i 'permissions violation' "$folder/nats.log"; then
	echo "try.sh: a service asked for something that nats.conf does not allow" >&2
	exit 1
fi
"$here/nats/try-permissions.py" "localhost:${port[nats]}" "$folder/secrets"
step "nats.conf lets each user do what it needs, and nothing of the others'"

if [[ -x $here/backup/backup.sh ]]; then
	. "$here/backup/try.sh"
fi
