#!/usr/bin/env bash
# Installs Firefox ESR and geckodriver, which drives it, where they are not there already, and prints their paths, the browser's first.
#
# geckodriver is built by cargo in target/tools, or in what TEST_TOOLS names, unless there is one in the PATH.
set -euo pipefail

version=0.37.1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
"$here/tools.sh" firefox >&2
if ! driver=$(command -v geckodriver); then
	folder=${TEST_TOOLS:-${CARGO_TARGET_DIR:-$here/../target}/tools}/geckodriver
	driver=$folder/bin/geckodriver
	if [[ ! -x $driver ]] || ! "$driver" --version | grep -qF "geckodriver $version"; then
		echo "Building geckodriver $version into $folder ..." >&2
		if ! "${CARGO:-cargo}" install --quiet --locked --version "$version" --root "$folder" geckodriver >&2; then
			echo "The walk in Firefox needs geckodriver, and cargo could not install it (see above)." >&2
			exit 1
		fi
	fi
	driver=$(realpath -- "$driver")
fi
command -v firefox-esr || command -v firefox
echo "$driver"
