# `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build run test test-pages test-firefox test-faults mutants tools lint deny advisories bench bench-quick deploy-check clean

CARGO := cargo
# Where everything is built once and thrown away, what would speed up the next build only fills the disk.
ifdef CI
export CARGO_INCREMENTAL := 0
endif
IDESLUSS_HTTP ?= 127.0.0.1:8080
ENTRIES ?= 1000000
DENY_MANIFEST ?=
ADVISORY_DB ?=

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

build: ## Builds the optimised program, target/release/idesluss
	$(CARGO) build --locked --release -p idesluss

run: ## Builds, then runs everything with the sample region on this machine (IDESLUSS_HTTP=address:port)
	IDESLUSS_HTTP=$(IDESLUSS_HTTP) $(CARGO) run --locked -p idesluss -- up --demo --data data

deny: ## Checks bans, licences and sources of all that we build on (DENY_MANIFEST=another Cargo.toml)
	tests/deny.sh "$(DENY_MANIFEST)"

advisories: ## Asks RustSec whether anything that we build on is known to be broken (ADVISORY_DB=folder with its database, else over the network)
	tests/advisories.sh "$(ADVISORY_DB)"

lint: ## Checks format and lints; warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

tools: ## Installs what the tests need beside Rust: Chromium, ChromeDriver, strace, nginx, PostgreSQL, a NATS server, Go, Node.js, verifiers and libraries of others
	tests/tools.sh
	tests/nats.sh
	tests/wheels.sh mining
	tests/wheels.sh tlog
	tests/wheels.sh deny
	tests/wheels.sh grpc
	tests/go.sh services/notary/tests/it/sumdb.go
	tests/npm.sh

# The tests start the real program, so it is built before them. nextest where it is at hand.
test: tools lint deny bench-quick ## Everything: format, lints, all tests; ends with the runner's count
	$(CARGO) build --locked --workspace
	if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --locked --workspace --no-fail-fast; \
	else \
		$(CARGO) test --locked --workspace --no-fail-fast; \
	fi

test-pages: tools ## Every page of every role in every language, width and theme, with and without script: about an hour
	$(CARGO) build --locked --workspace
	PAGES_IN_EVERY_LOOK=1 $(CARGO) test --locked -p idesluss-tests --test e2e accessible:: -- --nocapture

test-firefox: tools ## Every page of every role in Firefox ESR, as a desktop and as a phone show it; installs Firefox, and builds geckodriver
	tests/firefox.sh
	$(CARGO) build --locked --workspace
	PAGES_IN_FIREFOX=1 $(CARGO) test --locked -p idesluss-tests --test e2e accessible:: -- --nocapture

test-faults: tools ## The faults for longer: 100 kills of every process, a minute without the database, a long backlog, 1,000 kills around signing
	$(CARGO) build --locked --workspace
	STORM_KILLS=100 STORM_OUTAGE_SECONDS=60 STORM_BACKLOG=10000 \
		$(CARGO) test --locked -p idesluss-tests --test e2e storm:: -- --nocapture --test-threads=1
	NOTARY_KILLS=1000 $(CARGO) test --locked -p idesluss-notary --test it kills:: -- --nocapture

mutants: ## Breaks rules and proofs on purpose, one place at a time, and shows what no test notices; hours, in parts that are not done twice (MUTANTS_SHARD=name for one)
	tests/mutants.sh $(MUTANTS_SHARD)

# The services are measured as processes, so they are built before.
bench: tools ## Measures the journal beside SQLite and PostgreSQL bare, what proving it costs, the whole path, every page beside the stylesheet, signing in beside the provider alone, and a bundle's verification beside sha256sum (ENTRIES=number to replay, 1000000; IDEAS=number to add to the sample region for its pages)
	$(CARGO) build --locked --release --workspace --bins
	$(CARGO) bench --locked -p idesluss-tests --bench journal -- $(ENTRIES)
	$(CARGO) bench --locked -p idesluss-tests --bench postgres -- $(ENTRIES)
	$(CARGO) bench --locked -p idesluss-tests --bench path
	$(CARGO) bench --locked -p idesluss-tests --bench pages -- $(IDEAS)
	$(CARGO) bench --locked -p idesluss-auditor --bench bundle -- $(ENTRIES)

bench-quick: ## Runs the benchmark of pages with little, to see that it runs: its figures say nothing
	$(CARGO) build --locked --workspace
	$(CARGO) test --locked -p idesluss-tests --bench pages -- 1000 quick

deploy-check: ## Checks what can be checked of deploy/ without an engine
	deploy/check.sh

clean: ## Removes what was built
	$(CARGO) clean
