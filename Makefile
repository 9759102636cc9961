# chainbill: `make demo` runs the whole story, `make test` all tests, `make check` lint, types, imports, generated files.
# Each target sets up what it needs in .venv from the lock files (names, versions and hashes).

PYTHON ?= $(shell for it in python3.11 python3.12 python3; do $$it -c 'import venv' 2>/dev/null && echo $$it && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
MINUTES ?= 30

.PHONY: demo test check format lock vectors bench soak chromium clean help

help:
	@echo "make demo    a network of four banks, one invoice, from the anchor to tier 3 and back to cash"
	@echo "make test    all tests with coverage          make check   lint, types, imports, generated files"
	@echo "make bench   measure and print                make soak    long runs, MINUTES=30"
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

test: $(VENV)/.dev chromium
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not e2e and not simulation and not slow" --cov --cov-report= $(ARGS)
	$(BIN)/python -m coverage report --skip-covered --fail-under=$(COVERAGE)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "simulation and not slow" $(ARGS)
	$(BIN)/python -m pytest -m "e2e and not slow" $(ARGS)

COVERAGE ?= 90

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/vectors/generate.py --check
	$(BIN)/python docs/generate.py --check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

vectors: $(VENV)/.dev
	$(BIN)/python tests/vectors/generate.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench.py $(ARGS)

# optional: coverage-led inputs for the decoders; where there is no wheel the soak says that it leaves them out
$(VENV)/.soak: $(VENV)/.dev requirements-soak.lock
	-$(PIP) install --require-hashes -r requirements-soak.lock
	@touch $@

soak: $(VENV)/.soak
	$(BIN)/python -m tests.soak $(MINUTES) $(if $(SEED),--seed $(SEED))

lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group build pyproject.toml -o requirements.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group build --group dev pyproject.toml -o requirements-dev.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --no-strip-extras --group soak -o requirements-soak.lock

clean:
	rm -rf $(VENV) build .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
