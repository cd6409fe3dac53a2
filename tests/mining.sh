#!/usr/bin/env bash
# Installs the process-mining libraries that the tests read our exports with, where they are not there already, and prints their folder.
#
# pm4py and r4pm come as Python wheels with what they need, about 105 MB; versions and hashes are pinned in mining.txt, and pip checks them.
# The folder is mining in target/tools, or in what TEST_TOOLS names. Python finds them there when PYTHONPATH names it.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${TEST_TOOLS:-${CARGO_TARGET_DIR:-$here/../target}/tools}
mkdir -p -- "$folder"
folder=$(cd -- "$folder" && pwd)
libraries=$folder/mining

if ! command -v python3 >/dev/null || ! python3 -m pip --version >/dev/null 2>&1; then
	echo "The tests need pm4py and r4pm, and they are installed with Python's pip, which is not here." >&2
	echo "Ask someone who can: apt-get install python3-pip" >&2
	exit 1
fi
# Wheels are made for one version of Python.
wanted=$(python3 --version && sha256sum <"$here/mining.txt")
if [[ -e $libraries/installed && $(<"$libraries/installed") == "$wanted" ]]; then
	echo "$libraries"
	exit 0
fi

# What is half done never stands under the name that is looked for.
half=$(mktemp -d "$folder/mining-XXXXXX")
trap 'rm -rf -- "$half"' EXIT
echo "Installing pm4py and r4pm into $libraries ..." >&2
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes --no-compile \
	--target "$half/mining" --requirement "$here/mining.txt" >&2
echo "$wanted" >"$half/mining/installed"
# Another run may have been quicker; its copy is as good.
rm -rf -- "$libraries"
mv -T -- "$half/mining" "$libraries" 2>/dev/null || [[ -e $libraries/installed ]]
echo "$libraries"
