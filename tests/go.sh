#!/usr/bin/env bash
# Builds a Go program of the tests, where it has not been built already, and prints its path.
#
# usage: go.sh FILE.go
# The toolchain comes with wheels.sh go, and Go's own libraries (x/mod) are those that tools.sh installs. The program may use no others:
# nothing is fetched. The first build takes a quarter of a minute, for it builds the standard library.
set -euo pipefail

source=$(realpath -- "${1:?usage: go.sh FILE.go}")
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
libraries=/usr/share/gocode
if [[ ! -d $libraries/src/golang.org/x/mod/sumdb ]]; then
	echo "The tests need Go's library x/mod, which is not in $libraries: run \`make tools\`." >&2
	exit 1
fi
toolchain=$("$here/wheels.sh" go)
built=$toolchain/built
mkdir -p -- "$built"
program=$built/$(basename -- "$source" .go)

# What is half done never stands under the name that is looked for, nor in place of what runs.
half=$(mktemp "$program-XXXXXX")
trap 'rm -f -- "$half"' EXIT
env -u GOROOT GO111MODULE=off GOPATH="$libraries" GOPROXY=off GOTOOLCHAIN=local GOENV=off GOFLAGS= CGO_ENABLED=0 \
	GOCACHE="$built/cache" XDG_CONFIG_HOME="$built" \
	"$toolchain/go/bin/go" build -trimpath -o "$half" "$source" >&2
mv -f -- "$half" "$program"
echo "$program"
