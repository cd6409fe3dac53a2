#!/usr/bin/env bash
# Installs the Debian packages that the tests need, where they are not there already.
set -euo pipefail

missing=()
command -v strace >/dev/null || missing+=(strace)
command -v chromium >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
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
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}" >/dev/null
