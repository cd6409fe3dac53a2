#!/usr/bin/env bash
# Makes the private authority, a certificate for every process, the master keys, the signing keys and all passwords. Run it as often as you like: what is
# there stays as it is; only certificates that run out within 30 days are made anew, which the processes notice by themselves.
#
# usage: secrets.sh [FOLDER]      default: secrets/ beside this script
#   HOSTS="db1.region.se …"  further names or addresses that every certificate is to carry
#   INSTANCE=fyrbodal        the instance's short name; default: what instance.toml beside this script says
#   OWNERS=keep              leaves the files to whoever runs this, instead of giving them to the containers' users (needs root)
#
# A certificate that got into other hands: write its serial into FOLDER/revoked (openssl x509 -in cert.pem -noout -serial), delete it, and run this
# again. Within a minute no process takes it any longer.
#
# ca.key and master.key are the ones to guard. Take ca.key off this machine when all is made, and keep a copy of master.key in a safe,
# away from the databases' backups: both together open every text, neither does alone.
set -euo pipefail
umask 077

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/secrets}
owners=${OWNERS:-containers}
if [[ $owners == containers ]] && ((EUID != 0)); then
	echo "secrets.sh: run it as root, since each container's user must be able to read its own files and no other's; or with OWNERS=keep" >&2
	exit 1
fi
instance=${INSTANCE:-}
if [[ -z $instance ]]; then
	[[ -r $here/instance.toml ]] || {
		echo "secrets.sh: copy instance.example.toml to instance.toml and write your organisations and people into it first" >&2
		exit 1
	}
	instance=$(sed -n 's/^instance *= *"\([a-z0-9-]*\)".*/\1/p' "$here/instance.toml")
fi
[[ $instance =~ ^[a-z0-9-]+$ ]] || {
	echo "secrets.sh: instance.toml names no instance" >&2
	exit 1
}
mkdir -p -- "$folder"
folder=$(cd -- "$folder" && pwd)

# Writes standard input into a file, whole or not at all.
into() {
	cat >"$1.new"
	[[ -s $1.new ]] || {
		echo "secrets.sh: $1 could not be made" >&2
		exit 1
	}
	mv -f -- "$1.new" "$1"
}

secret() {
	[[ -s $1 ]] || openssl rand -hex "$2" | into "$1"
}

# A signing key in the form of `new-signing-key`, which needs no binary here; the same for every replica of a service.
signing_key() {
	local key
	[[ ! -s $1 ]] || return 0
	# On a line of its own: where it fails, nothing is written.
	key=$(openssl rand -hex 32)
	printf 'idesluss-signing-key-v1 %s\n' "$key" | into "$1"
}

copy() {
	cmp -s -- "$1" "$2" || into "$2" <"$1"
}

authority() {
	[[ ! -s $folder/ca.pem ]] || return 0
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | into "$folder/ca.key"
	openssl req -x509 -new -key "$folder/ca.key" -days 3650 -subj "/CN=Idesluss $instance" \
		-addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" | into "$folder/ca.pem"
	echo "A new private authority is in $folder."
}

# certificate PROCESS USAGES [MEMBER]: for the host names PROCESS and localhost. With MEMBER it says which member of the instance it speaks for:
# without, whoever has it can neither call nor serve as one of them.
certificate() {
	local at=$folder/$1 names="DNS:$1,DNS:localhost,IP:127.0.0.1" host own=${3:+URI:idesluss://$instance/$3}
	names+=${own:+,$own}
	for host in ${HOSTS:-}; do
		[[ $host =~ ^[0-9.]+$|: ]] && names+=",IP:$host" || names+=",DNS:$host"
	done
	mkdir -p -- "$at"
	copy "$folder/ca.pem" "$at/ca.pem"
	touch "$folder/revoked"
	cmp -s -- "$folder/revoked" "$at/revoked" || cat "$folder/revoked" >"$at/revoked"
	if [[ -s $at/cert.pem ]] && openssl x509 -in "$at/cert.pem" -noout -checkend $((30 * 86400)) >/dev/null &&
		openssl x509 -in "$at/cert.pem" -noout -ext subjectAltName | grep -qF -- "$own"; then
		return 0
	fi
	[[ -s $folder/ca.key ]] || {
		echo "secrets.sh: $1 needs a certificate, and ca.key is not in $folder: lay it there for as long as this takes" >&2
		exit 1
	}
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null | into "$folder/leaf.key"
	openssl req -new -key "$folder/leaf.key" -subj "/CN=$1" |
		openssl x509 -req -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -days 397 -extfile <(
			printf '%s\n' "subjectAltName=$names" "basicConstraints=critical,CA:FALSE" \
				"keyUsage=critical,digitalSignature" "extendedKeyUsage=$2"
		) 2>/dev/null | into "$at/cert.pem"
	mv -f -- "$folder/leaf.key" "$at/key.pem"
	echo "$1 has a new certificate, for $names."
}

mapfile -t services <"$here/../services"
authority
secret "$folder/master.key" 32
# Services serve and call; the gateway calls alone; the database and the broker serve alone, and are no members.
for service in "${services[@]}"; do
	certificate "$service" serverAuth,clientAuth "$service"
done
certificate gateway clientAuth gateway
# For nobody's process: whoever holds it does from elsewhere what is done at the machine. Only where it is asked for.
[[ -z ${MACHINE:-} ]] || certificate machine clientAuth machine
certificate postgres serverAuth
certificate nats serverAuth
for service in "${services[@]}"; do
	# Each service's own, so that none opens what another has sealed; two lines while the instance's is changed.
	while read -r line; do
		printf 'idesluss/master/%s\n%s' "$service" "$line" | openssl dgst -sha256 -r | cut -d ' ' -f 1
	done <"$folder/master.key" | into "$folder/$service/derived.key"
	copy "$folder/$service/derived.key" "$folder/$service/master.key"
	rm -f -- "$folder/$service/derived.key"
	secret "$folder/$service/database-password" 24
	secret "$folder/$service/broker-password" 24
	signing_key "$folder/$service/signing.key"
	copy "$folder/$service/database-password" "$folder/postgres/$service"
	# The owner's password lies apart: only `migrate` is given it.
	mkdir -p -- "$folder/migrate-$service"
	copy "$folder/ca.pem" "$folder/migrate-$service/ca.pem"
	secret "$folder/migrate-$service/owner-password" 24
	copy "$folder/migrate-$service/owner-password" "$folder/postgres/$service-owner"
done
secret "$folder/postgres/superuser" 24
secret "$folder/postgres/backup" 24
mkdir -p -- "$folder/nats/secrets" "$folder/grafana"
secret "$folder/grafana/admin-password" 16
for file in ca.pem cert.pem key.pem; do
	copy "$folder/nats/$file" "$folder/nats/secrets/$file"
done
for service in "${services[@]}"; do
	printf '%s_PASSWORD: "%s"\n' "${service^^}" "$(<"$folder/$service/broker-password")"
done | into "$folder/nats/secrets/passwords.conf"
sed "s/fyrbodal/$instance/g" "$here/../nats/nats.conf" | into "$folder/nats/nats.conf"

# The image's user is 10001, PostgreSQL's 999, Grafana's 472; the NATS image runs as root without any capability.
give() {
	chown -R "$1" "$folder/$2"
	chmod 0500 "$folder/$2"
}
if [[ $owners == containers ]]; then
	for process in "${services[@]}" gateway "${services[@]/#/migrate-}"; do
		give 10001:10001 "$process"
	done
	give 999:999 postgres
	give 0:0 nats
	give 472:472 grafana
	# PostgreSQL's container writes the dumps.
	install -d -m 0700 -o 999 -g 999 "$here/backups"
fi
echo "All secrets are in $folder."
