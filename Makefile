# chainbill: `make demo` runs the whole story, `make test` all tests, `make check` lint, types, imports, generated files,
# unused names.
# Each target sets up what it needs in .venv from the lock files (names, versions and hashes).

PYTHON ?= $(shell for it in python3.11 python3.12 python3; do $$it -c 'import venv' 2>/dev/null && echo $$it && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
MINUTES ?= 30

# A run of the tests starts hundreds of processes: compiled modules stay on disk, whatever the shell says
export PYTHONDONTWRITEBYTECODE :=

.PHONY: postgres demo test second-python check format lock vectors bench bench-compare bench-sustained bench-disk bench-docs soak chromium clean help

help:
	@echo "make demo    a network of four banks, one invoice, from the anchor to tier 3 and back to cash"
	@echo "make test    all tests with coverage          make check   lint, types, imports, generated files, unused names"
	@echo "make bench   measure and print (20 minutes)   make bench ARGS=--quick   the same in three"
	@echo "make bench-compare BASE=rev   two commits     make bench-sustained      MINUTES=30 at 80% of the rate"
	@echo "make bench-disk  a million transactions       make bench-docs           tables and plot of docs/performance.md"
	@echo "make soak    long runs, MINUTES=30, PART=sim|twins|drills|real|whole|books|model|search|decoders|torn|prices|planted|mutants|kills for one of them"
	@echo "make vectors write the golden vectors again   make lock    pin the dependencies again"

$(VENV)/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once) …" >&2
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.runtime
	@$(BIN)/chainbill demo $(ARGS)

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  { echo "installing headless Chromium for the page tests …" >&2; \
	    (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk) >/dev/null 2>&1; } || \
	  echo "no Chromium here and none can be installed: the page tests will say so and be skipped" >&2

# Golden vectors and the core's tests on the second minor version of CPython that a network may allow
SECOND := build/python-3.12
SECOND_PYTHON ?= $(shell for it in python3.12 $$HOME/.pyenv/versions/3.12.*/bin/python3.12; do \
  $$it -c 'import venv' 2>/dev/null && echo $$it && break; done)
$(SECOND)/.dev: requirements-dev.lock pyproject.toml
	@echo "setting up $(SECOND) (once) …" >&2
	@$(SECOND_PYTHON) -m venv $(SECOND)
	@$(SECOND)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-dev.lock
	@$(SECOND)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation -e .
	@touch $@

second-python:
ifeq ($(SECOND_PYTHON),)
	@echo "no CPython 3.12 here (SECOND_PYTHON=path names one): vectors and core are tested on one version only" >&2
else
	@$(MAKE) --no-print-directory $(SECOND)/.dev
	$(SECOND)/bin/python tests/vectors/generate.py --check
	$(SECOND)/bin/python -m pytest -q -n $(WORKERS) --dist worksteal tests/core tests/ledger tests/state
endif

test: $(VENV)/.dev chromium second-python
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not e2e and not untraced and not slow" --cov --cov-report= $(ARGS)
	$(BIN)/python -m coverage report --skip-covered --fail-under=$(COVERAGE)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "untraced and not e2e and not slow" $(ARGS)
	$(BIN)/python -m pytest -n $(WAITING) --dist loadfile -m "e2e and not alone and not slow" $(ARGS)
	$(BIN)/python -m pytest -m "alone and not slow" $(ARGS)

COVERAGE ?= 90
# Tests with processes wait for half of their time: one more of them at once
WAITING ?= $(shell expr $(WORKERS) + 1)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy benchmarks
	$(BIN)/lint-imports
	$(BIN)/python tests/vectors/generate.py --check
	$(BIN)/python docs/generate.py --check
	$(BIN)/python tests/used.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

vectors: $(VENV)/.dev
	$(BIN)/python tests/vectors/generate.py

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

# Anvil and the Solidity compiler, from the npm packages that are locked there; without npm the tables say so
ANVIL := build/compare/anvil
$(ANVIL)/.done: benchmarks/compare/anvil/package-lock.json
	@mkdir -p $(ANVIL)
	@cp benchmarks/compare/anvil/package.json benchmarks/compare/anvil/package-lock.json benchmarks/compare/anvil/.npmrc $(ANVIL)/
	@(cd $(ANVIL) && npm ci --silent --no-audit --no-fund && touch .done) || \
	  echo "Anvil cannot be installed here; it is left out" >&2

postgres:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || \
	  { (apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql) >/dev/null 2>&1; } || \
	  echo "PostgreSQL is not here and cannot be installed; it is left out" >&2

bench: $(VENV)/.bench postgres
	@$(MAKE) --no-print-directory $(ANVIL)/.done
	$(BIN)/python benchmarks/bench.py $(ARGS)

bench-compare: $(VENV)/.bench
	@test -n "$(BASE)" || { echo "say which commit to compare with: make bench-compare BASE=main" >&2; exit 2; }
	$(BIN)/python benchmarks/pair.py $(BASE) $(or $(HEAD),HEAD) $(ARGS)

bench-sustained: $(VENV)/.bench
	$(BIN)/python benchmarks/sustained.py --minutes $(MINUTES) $(ARGS)

bench-disk: $(VENV)/.bench
	rm -f build/disk-use.json
	$(BIN)/python benchmarks/disk_use.py $(ARGS)
	$(BIN)/python benchmarks/disk_use.py --keep 500 $(ARGS)

bench-docs: $(VENV)/.bench
	$(BIN)/python docs/performance.py

# optional: coverage-led inputs for the decoders; where there is no wheel the soak says that it leaves them out
$(VENV)/.soak: $(VENV)/.dev requirements-soak.lock
	-$(PIP) install --require-hashes -r requirements-soak.lock
	@touch $@

soak: $(VENV)/.soak
	$(BIN)/python -m tests.soak $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(PART),--part $(PART))

lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group build pyproject.toml -o requirements.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group build --group dev pyproject.toml -o requirements-dev.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group soak -o requirements-soak.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock

clean:
	rm -rf $(VENV) build .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
