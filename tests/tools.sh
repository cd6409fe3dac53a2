#!/usr/bin/env bash
# Installs the Debian packages that the tests need, where they are not there already.
#
# usage: tools.sh [firefox]
#   firefox  what the walk in Firefox needs (firefox.sh); without it: what all other tests need
set -euo pipefail

missing=()
if [[ ${1-} == firefox ]]; then
	command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
else
	command -v strace >/dev/null || missing+=(strace)
	command -v chromium >/dev/null || missing+=(chromium)
	command -v chromedriver >/dev/null || missing+=(chromium-driver)
	[[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
	[[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]] || missing+=(golang-golang-x-mod-dev)
fi
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
	as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
	echo "The tests need these Debian packages, and this user can't install them: ${missing[*]}" >&2
	echo "Ask someone who can: apt-get install --no-install-recommends ${missing[*]}" >&2
	exit 1
fi
echo "Installing ${missing[*]} ..."
"${as_root[@]}" apt-get -q update >/dev/null
if [[ " ${missing[*]} " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
	# The tests start servers of their own; the distribution's one would only take a port and memory.
	"${as_root[@]}" mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
if [[ " ${missing[*]} " == *" nginx-light "* && ! -e /usr/sbin/policy-rc.d ]]; then
	# The same of the web server: it is installed, and not started.
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 0755 /dev/stdin /usr/sbin/policy-rc.d
	trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}" >/dev/null
