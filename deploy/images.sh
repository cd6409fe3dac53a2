#!/usr/bin/env bash
# Which images of others are used, exactly: by the digest of their content, never by a tag alone.
#
# usage: images.sh renew       asks what each tag in images.txt means now, writes images.env, and tells what has changed. Needs the network, and
#                              docker with buildx, skopeo or crane
#        images.sh arguments   what an image's build is given: docker build $(deploy/images.sh arguments) …
#        images.sh check       refuses whatever in this folder names an image without a digest
# IMAGES=FOLDER is looked at instead of the folder of this script.
set -euo pipefail

here=${IMAGES:-$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)}
list=$here/images.txt
written=$here/images.env
digest='sha256:[0-9a-f]{64}'

fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# Lines NAME IMAGE:TAG of what is followed.
followed() { grep -v '^#' "$list"; }

# recorded NAME: the image that is written down for it, with its digest.
recorded() { [[ ! -e $written ]] || sed -n "s/^$1=//p" "$written"; }

# now IMAGE:TAG: the digest of what it means now, for all kinds of machines.
now() {
	local found=""
	if docker buildx version >/dev/null 2>&1; then
		found=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1")
	elif command -v skopeo >/dev/null; then
		found=sha256:$(skopeo inspect --raw "docker://$1" | sha256sum | cut -d' ' -f1)
	elif command -v crane >/dev/null; then
		found=$(crane digest "$1")
	else
		fail "Nothing here can ask for a digest: install docker with buildx, skopeo or crane."
	fi
	[[ $found =~ ^$digest$ ]] || fail "$1: there is no digest in the answer: $found"
	printf '%s\n' "$found"
}

renew() {
	local name image is before
	half=$(mktemp "$written.XXXXXX")
	# Whatever fails, the file stays as it was.
	trap 'rm -f -- "$half"' EXIT
	echo "# Written by images.sh renew; docker compose and image builds read it. What it follows is in images.txt." >"$half"
	while read -r name image; do
		is=$(now "$image") || fail "$image could not be asked for: nothing was changed."
		before=$(recorded "$name")
		[[ $before == "$image@$is" ]] || echo "$name: ${before:-none} -> $image@$is"
		echo "$name=$image@$is" >>"$half"
	done < <(followed)
	chmod 644 "$half"
	mv -f -- "$half" "$written"
	echo "$written is written. Build, try, and commit it."
}

arguments() {
	local name found
	for name in RUST_IMAGE BASE_IMAGE; do
		found=$(recorded "$name")
		[[ $found =~ @$digest$ ]] || fail "$name has no digest in $written: run deploy/images.sh renew"
		printf -- '--build-arg %s=%s\n' "$name" "$found"
	done
}

check() {
	local name image found line wrong=0
	refuse() {
		echo "$*" >&2
		wrong=1
	}
	# Who names an image: each through a variable without a default, which is in the list.
	while IFS= read -r line; do
		name=$(sed -nE 's/^[^#]*\bimage: *"?\$\{([A-Z_]+):\?[^}]*\}"?$/\1/p' <<<"$line")
		if [[ $line =~ image:\ \"?\$\{IMAGE: ]]; then
			continue # our own, which is built here, or pulled by the digest that IMAGE names
		elif [[ -z $name ]]; then
			refuse "compose.yaml names an image by itself, not by a variable that must be set: ${line#"${line%%[![:space:]]*}"}"
		elif ! followed | grep -qE "^$name\s"; then
			refuse "compose.yaml: $name is not in images.txt"
		fi
	done < <(grep -E '^[^#]*\bimage:' "$here/compose/compose.yaml")
	while read -r _ line _; do
		name=$(sed -nE 's/^\$\{([A-Z_]+)\}$/\1/p' <<<"$line")
		if [[ -z $name ]] || ! followed | grep -qE "^$name\s"; then
			refuse "Containerfile: FROM $line is no variable that images.txt names"
		elif grep -qE "^ARG $name=" "$here/Containerfile"; then
			refuse "Containerfile: $name has a default, which would be used without a digest"
		elif ! grep -qE "^ARG $name$" "$here/Containerfile"; then
			refuse "Containerfile: $name is not asked for"
		fi
	done < <(grep -E '^FROM ' "$here/Containerfile")
	grep -qE '@\{\{ *required ' "$here/helm/idesluss/templates/_helpers.tpl" || refuse "the chart's image is not named by a digest that must be given"
	while IFS= read -r line; do
		[[ $line == *'include "idesluss.image"'* ]] || refuse "the chart names an image by itself: $line"
	done < <(grep -rhE '^ *(- )?image:' "$here/helm/idesluss/templates")
	# What is written down: for each of the list, as it is followed now, by digest, and nothing else.
	if [[ -e $written ]]; then
		while read -r name image; do
			found=$(recorded "$name")
			[[ $found =~ ^"$image"@$digest$ ]] || refuse "images.env: $name is ${found:-not there}, and not $image by its digest: run deploy/images.sh renew"
		done < <(followed)
		while IFS='=' read -r name _; do
			followed | grep -qE "^$name\s" || refuse "images.env: $name is not in images.txt"
		done < <(grep -v '^#' "$written")
	fi
	# An operator's own settings come after it.
	if [[ -e $here/compose/.env ]]; then
		while IFS='=' read -r name image; do
			[[ $image =~ @$digest$ ]] || refuse "compose/.env: $name is $image, without a digest"
		done < <(grep -E '^[A-Z]+_IMAGE=' "$here/compose/.env")
	fi
	((wrong == 0)) || fail "Images are used by their digest only."
}

case ${1:-} in
renew | arguments | check) "$1" ;;
*) fail "usage: images.sh renew|arguments|check" ;;
esac
