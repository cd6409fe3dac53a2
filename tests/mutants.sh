#!/usr/bin/env bash
# Breaks rules and proofs on purpose, one place at a time, and shows which of the broken ones no test notices (cargo-mutants).
#
# usage: mutants.sh [SHARD…]   all shards that have not been done, one after another; or these
#        mutants.sh figures    what has been found so far, by file, and every mutant that lives
#
# How it is built, and what can't matter, stands in .cargo/mutants.toml. A shard takes less than 40 minutes; what became of each mutant is kept in
# target/mutants. A shard that is done is not done again until its crate or its tests change. When its own files have not, it tries the
# mutants that lived; when it was interrupted, it goes on where it was. A test that was taken away is not noticed so: MUTANTS_ALL=1 tries
# every mutant again. MUTANTS_JOBS says how many are tried at a time (1, 2 at most).
set -euo pipefail

version=27.1.0
# Name, crate, files. Cut by files, since cargo-mutants' own shards move when it leaves out what it has caught.
shards='
evaluation  domain  evaluation/evaluation/**
orders      domain  evaluation/delegation_order/**
criteria    domain  evaluation/*.rs
submission  domain  submission/**
sharing     domain  sharing/**
identity    domain  identity/**
words       domain  words/**
sealed      domain  sealed/**
events      domain  *.rs
line        proof   line/**
note        proof   note/**
policy      proof   policy/**
tree        proof   tree/**
witness     proof   *.rs
'
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
target=$(realpath -m -- "${CARGO_TARGET_DIR:-target}")
tools=$(realpath -m -- "${TEST_TOOLS:-$target/tools}")
state=$target/mutants
jobs=${MUTANTS_JOBS:-1}

install() {
	PATH=$tools/mutants/bin:$PATH
	if [[ $(cargo mutants --version 2>/dev/null) == "cargo-mutants $version" ]]; then
		return
	fi
	echo "Installing cargo-mutants $version into $tools/mutants ..." >&2
	cargo install --quiet --locked --root "$tools/mutants" "cargo-mutants@$version"
}

names() { awk 'NF { print $1 }' <<<"$shards"; }

# A file that belongs to no shard would never be broken.
whole() {
	local all parts
	all=$(cargo mutants --list --package idesluss-domain --package idesluss-proof | sort)
	parts=$(while read -r _ crate files; do
		[[ -z $crate ]] || cargo mutants --list --package "idesluss-$crate" --file "services/$crate/src/$files"
	done <<<"$shards" | sort)
	if [[ $all != "$parts" ]]; then
		echo "Not every file is in just one shard of tests/mutants.sh:" >&2
		diff <(echo "$all") <(echo "$parts") >&2
		return 1
	fi
}

digest() { find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16; }

# Adds what cargo-mutants has found to what the shard knows. Which lives, only a whole run says.
keep() {
	local kind
	for kind in caught timeout unviable; do
		touch "$1/$kind"
		# What was interrupted early has found nothing yet.
		[[ ! -e $1/mutants.out/$kind.txt ]] || sort -u "$1/$kind" "$1/mutants.out/$kind.txt" -o "$1/$kind"
	done
}

shard() {
	local name crate files folder=$state/$1 rules everything code=0 again=()
	read -r name crate files < <(awk -v name="$1" '$1 == name' <<<"$shards") || true
	[[ -n $name ]] || { echo "There is no shard $1, only: $(names | xargs)" >&2; return 1; }
	# What is broken stands in the shard's own files; whatever else of the crate has changed, its tests are asked again of those that lived.
	shopt -s globstar nullglob
	# shellcheck disable=SC2086
	rules=$(digest services/"$crate"/src/$files .cargo/mutants.toml)
	everything=$(digest "services/$crate" .cargo/mutants.toml Cargo.lock)
	if [[ -z ${MUTANTS_ALL:-} && $(cat "$folder/done" 2>/dev/null) == "$everything" ]]; then
		echo "$name is done."
		return
	fi
	if [[ -z ${MUTANTS_ALL:-} && $(cat "$folder/rules" 2>/dev/null) == "$rules" ]]; then
		keep "$folder"
		again=(--iterate)
	else
		rm -rf -- "$folder"
		mkdir -p -- "$folder"
		echo "$rules" >"$folder/rules"
	fi
	# One job at a time finds its dependencies where the last one left them.
	((jobs > 1)) || export CARGO_TARGET_DIR=$state/build
	# A few cases a property notice a mutant as well as many do.
	PROPTEST_CASES=${PROPTEST_CASES:-32} cargo mutants --package "idesluss-$crate" --file "services/$crate/src/$files" \
		--jobs "$jobs" --output "$folder" --no-times --colors never "${again[@]}" || code=$?
	# 2: some live; 3: some never end. Anything else is no answer.
	((code == 0 || code == 2 || code == 3)) || return "$code"
	keep "$folder"
	sort "$folder/mutants.out/missed.txt" >"$folder/missed"
	echo "$everything" >"$folder/done"
}

# What became of every mutant, by file. One that never ends is noticed too.
figures() {
	local name kind
	for name in $(names); do
		for kind in caught timeout unviable missed; do
			[[ ! -e $state/$name/$kind ]] || sed "s/^/$kind:/" "$state/$name/$kind"
		done
	done | awk -F: '
		{ count[$2, $1]++; count["all", $1]++; files[$2] }
		function line(order, file) {
			caught = count[file, "caught"] + count[file, "timeout"]
			print order, file, caught + count[file, "missed"] + count[file, "unviable"], caught, count[file, "missed"] + 0, count[file, "unviable"] + 0
		}
		END {
			print 1, "file", "generated", "caught", "missed", "unviable"
			for (file in files) line(2, file)
			line(3, "all")
		}' | sort -k1,1n -k2,2 | cut -d' ' -f2- | column -t
	if cat "$state"/*/missed 2>/dev/null | grep .; then
		echo "No test notices these. Write one, or name the mutant in .cargo/mutants.toml with the reason why it can't matter." >&2
		return 1
	fi
}

if [[ ${1:-} != figures ]]; then
	install
	whole
	for name in "${@:-$(names)}"; do
		for one in $name; do shard "$one"; done
	done
fi
figures
