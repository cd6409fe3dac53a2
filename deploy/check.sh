#!/usr/bin/env bash
# Checks what can be checked of deploy/ without a container engine or a cluster. Each part either runs, or says what was not checked and why.
#
# usage: check.sh [BINARIES]   default: target/debug, then target/release; without binaries the trial on real servers is left out
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tools=${IDESLUSS_TOOLS:-${CARGO_TARGET_DIR:-$here/../target}/tools}
mkdir -p -- "$tools"
tools=$(cd -- "$tools" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
left=0

say() { printf '%s\n' "$*"; }
not_checked() {
	say "not checked here: $*"
	left=$((left + 1))
}
as_root=()
((EUID == 0)) || as_root=(sudo -n)
can_install() { command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; }
# install PROGRAM PACKAGE: whether the program is there, or could be installed.
install_if_missing() {
	command -v "$1" >/dev/null && return 0
	can_install || return 1
	say "Installing $2 ..."
	"${as_root[@]}" apt-get -q update >/dev/null
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$2" >/dev/null
}

# The package would also install a server that starts by itself: only promtool is taken out of it.
promtool=$(command -v promtool || echo "$tools/promtool")
if [[ ! -x $promtool ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
	say "Fetching promtool out of Debian's package prometheus ..."
	can_install && "${as_root[@]}" apt-get -q update >/dev/null
	if (cd -- "$work" && apt-get -q download prometheus >/dev/null 2>&1) && dpkg-deb -x "$work"/prometheus_*.deb "$work/prometheus"; then
		install -m 0755 "$work/prometheus/usr/bin/promtool" "$tools/promtool"
	fi
fi
if [[ -x $promtool ]]; then
	"$promtool" check config "$here/observability/prometheus.yaml" >/dev/null
	"$promtool" check rules "$here/observability/alerts.yaml" >/dev/null
	"$promtool" test rules "$here/observability/alerts-test.yaml" >/dev/null
	# The dashboard's expressions, as if they were rules.
	python3 - "$here/observability/dashboard.json" >"$work/dashboard.yaml" <<'END'
import json, sys
print("groups: [{name: dashboard, rules: [")
for panel in json.load(open(sys.argv[1]))["panels"]:
    for target in panel.get("targets", []):
        print(json.dumps({"record": f"panel:{panel['id']}:{target['refId']}", "expr": target["expr"].replace("$service", ".*")}) + ",")
print("]}]")
END
	"$promtool" check rules "$work/dashboard.yaml" >/dev/null
	say "alerts: their form, a test of each, and the dashboard's expressions"
else
	not_checked "alerts and dashboard: promtool is missing (Debian's package prometheus)"
fi

if install_if_missing systemd-analyze systemd; then
	root=$work/root
	mkdir -p "$work/bin"
	install -m 0755 /bin/true "$work/bin/idesluss-server"
	ROOT=$root "$here/systemd/install.sh" "$work/bin" >/dev/null
	for folder in /usr/lib/systemd/system /lib/systemd/system; do
		[[ ! -d $folder ]] || cp -n "$folder"/*.target "$folder"/*.slice "$folder"/*.socket "$root/usr/lib/systemd/system/" 2>/dev/null || true
	done
	mapfile -t services <"$here/services"
	for unit in $(printf 'idesluss@%s.service ' "${services[@]}") idesluss-gateway.service \
		idesluss-migrate@submission.service idesluss-restored@submission.service idesluss.target; do
		said=$(systemd-analyze verify --man=no --root="$root" "$unit" 2>&1 | grep -i 'idesluss' || true)
		[[ -z $said ]] || { say "$said"; exit 1; }
	done
	for unit in idesluss@submission.service idesluss-gateway.service idesluss-migrate@submission.service idesluss-restored@submission.service; do
		said=$(systemd-analyze security --offline=true --threshold=20 --root="$root" "$unit" | tail -1) || { say "$said"; exit 1; }
		say "systemd: $unit, ${said#*Overall }"
	done
	systemd-sysusers --root="$root" idesluss.conf >/dev/null 2>&1
	systemd-tmpfiles --root="$root" --create idesluss.conf
	say "systemd: units, users and folders"
else
	not_checked "units: systemd-analyze is missing (Debian's package systemd)"
fi

"$here/images.sh" check
if [[ -e $here/images.env ]]; then
	say "images: each of others by the digest that images.env names"
else
	say "images: each of others by a digest that must be given"
	not_checked "which: deploy/images.env is not there; \`deploy/images.sh renew\` writes it"
fi

cp -r "$here/compose" "$here/nats" "$here/services" "$work/"
cp "$work/compose/.env.example" "$work/compose/.env"
cp "$work/compose/instance.example.toml" "$work/compose/instance.toml"
OWNERS=keep "$work/compose/secrets.sh" "$work/compose/secrets" >/dev/null
if OWNERS=keep "$work/compose/secrets.sh" "$work/compose/secrets" | grep 'new'; then
	say "secrets.sh makes anew what is there"
	exit 1
fi
for certificate in "$work"/compose/secrets/*/cert.pem; do
	openssl verify -CAfile "$work/compose/secrets/ca.pem" "$certificate" >/dev/null
done
say "secrets.sh: run twice, every certificate is of the authority"

nats_server=$("$here/../tests/nats.sh")
sed -e "s#/etc/nats/#$work/compose/secrets/nats/#" "$work/compose/secrets/nats/nats.conf" >"$work/compose/secrets/nats/here.conf"
"$nats_server" -t -c "$work/compose/secrets/nats/here.conf" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
say "nats.conf: accepted by $("$nats_server" --version)"

# Digests that no image has: nothing is pulled here.
sed -nE 's/^([A-Z_]+) +(.*)$/\1=\2@sha256:'"$(printf '0%.0s' {1..64})"'/p' "$here/images.txt" >"$work/images.env"
compose=()
if docker compose version >/dev/null 2>&1; then
	compose=(docker compose --project-directory "$work/compose")
elif install_if_missing docker-compose docker-compose; then
	# The first docker-compose knows everything in the file but its name.
	sed -i '/^name:/d' "$work/compose/compose.yaml"
	compose=(docker-compose --project-directory "$work/compose" --file "$work/compose/compose.yaml")
fi
if ((${#compose[@]})); then
	if said=$("${compose[@]}" --profile observability config --quiet 2>&1) || [[ $said != *images.sh* ]]; then
		say "compose.yaml takes images without a digest: $said"
		exit 1
	fi
	(set -a && . "$work/images.env" && "${compose[@]}" --profile observability config --quiet)
	say "compose.yaml: accepted by $("${compose[0]}" --version), with digests and not without"
else
	not_checked "compose.yaml: neither docker compose nor Debian's docker-compose is there"
fi
not_checked "Containerfile: it needs a container engine"

python=$tools/deploy-python/bin/python
if [[ ! -x $python ]] && python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	say "Installing Helm's library and Kubernetes' schemas for Python into $tools/deploy-python ..."
	if ! { python3 -m venv "$tools/deploy-python" &&
		"$python" -m pip --quiet --disable-pip-version-check install --no-deps --only-binary=:all: --require-hashes \
			--requirement "$here/helm/check-library.txt" &&
		"$python" -m pip --quiet --disable-pip-version-check install --requirement "$here/helm/check-requirements.txt"; } >"$work/said" 2>&1; then
		rm -rf -- "$tools/deploy-python"
		tail -2 "$work/said"
	fi
fi
if [[ -x $python ]]; then
	"$python" "$here/helm/check.py"
	say "helm chart: linted, rendered in three ways, held against Kubernetes' schemas; wrong values are refused"
else
	not_checked "helm chart: it needs Python 3.11 with venv, and the packages in deploy/helm/check-*.txt"
fi

binaries=${1:-}
for folder in "${CARGO_TARGET_DIR:-$here/../target}"/{debug,release}; do
	[[ -n $binaries || ! -x $folder/idesluss-server ]] || binaries=$folder
done
if [[ -z $binaries ]]; then
	not_checked "everything together: the services are not built (cargo build --workspace)"
elif ((EUID != 0)) || ! id postgres >/dev/null 2>&1 || ! command -v curl >/dev/null; then
	not_checked "everything together: it needs root, curl, and PostgreSQL with its user postgres (make tools)"
else
	say "everything together, on real servers:"
	"$here/try.sh" "$binaries"
fi
say "deploy/ is in order; $left not checked."
