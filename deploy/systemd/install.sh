#!/usr/bin/env bash
# Installs units, users and folders on this server, and the binaries of a finished build. Settings and secrets that are there stay.
#
# usage: install.sh [BINARIES]   default: target/release. ROOT=/some/folder installs below it, for a package or a look.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
binaries=${1:-$here/../../target/release}
root=${ROOT:-}
units=$root/usr/lib/systemd/system

install -D -m 0755 "$binaries/idesluss-server" "$root/usr/bin/idesluss-server"
install -D -m 0644 -t "$units" "$here"/*.service "$here"/*.target
for unit in idesluss@ idesluss-gateway idesluss-migrate@ idesluss-restored@; do
	install -D -m 0644 "$here/hardening.conf" "$units/$unit.service.d/10-hardening.conf"
done
install -D -m 0644 "$here/idesluss.sysusers.conf" "$root/usr/lib/sysusers.d/idesluss.conf"
install -D -m 0644 "$here/idesluss.tmpfiles.conf" "$root/usr/lib/tmpfiles.d/idesluss.conf"
install -D -m 0644 "$here/../README.md" "$root/usr/share/doc/idesluss/README.md"
for settings in "$here"/settings/*.toml "$here/../compose/instance.example.toml"; do
	name=$(basename -- "$settings" .toml)
	target=$root/etc/idesluss/${name%.example}.toml
	[[ -e $target ]] || install -D -m 0640 "$settings" "$target"
done
if [[ -z $root ]]; then
	systemd-sysusers
	systemd-tmpfiles --create idesluss.conf
	systemctl daemon-reload
fi
echo "Installed. Now the settings in $root/etc/idesluss, the secrets and the certificates: deploy/README.md says how."
