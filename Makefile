# The two commands are `make run` and `make test`; each does all of its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
APT    := DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends

.PHONY: run test lint format reference screenshots bench soak lock clean

run: $(VENV)/.run ## start a space and a local hub, publish a demo endpoint, go on serving
	$(BIN)/publicist demo

test: $(VENV)/.dev system-test-tools ## all tests, browser included
	$(BIN)/python -m pytest -m "not soak and not bench" -n 3 --dist worksteal

screenshots: $(VENV)/.dev system-test-tools ## the browser tests, which write what they see into screenshots/
	mkdir -p screenshots
	$(BIN)/python -m pytest -m "not soak and not bench" -n 3 --dist worksteal tests/webapp

bench: $(VENV)/.dev ## timings; they print, they judge nothing
	$(BIN)/python -m pytest -m bench -s

soak: $(VENV)/.dev system-test-tools ## the long forms of the tests
	$(BIN)/python -m pytest -m "soak or (hypothesis and not bench)" --hypothesis-profile=soak

lint: $(VENV)/.dev .build/publicist
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.build $(BIN)/mypy -p publicist.core -p publicist.plugins -p publicist.webapp

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: $(VENV)/.dev ## write docs/plugins/hooks.md from the code
	$(BIN)/python tests/hook_reference.py

lock: $(VENV)/.dev ## resolve the ranges of pyproject.toml anew
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra postgresql --extra redis -o requirements.lock
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --extra postgresql --extra redis --group dev -o requirements-dev.lock
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

clean:
	rm -rf $(VENV) .build build dist screenshots *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "publicist needs Python 3.11 or newer; set PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(APT) python3-venv || { echo "Install python3-venv, then try again."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@ $(VENV)/.run

# mypy finds nothing in an editable install; these links show it the tree under its import name.
.build/publicist:
	mkdir -p $@
	for part in core plugins webapp; do ln -sfn ../../$$part $@/$$part; done

.PHONY: system-test-tools
system-test-tools:
	@command -v chromium >/dev/null || { $(APT) chromium || { apt-get update && $(APT) chromium; }; } \
		|| { echo "The browser tests need Debian's chromium: apt-get install chromium"; exit 1; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { $(APT) postgresql || { apt-get update && $(APT) postgresql; }; } \
		|| { echo "The store's tests need PostgreSQL: apt-get install postgresql"; exit 1; }
	@command -v redis-server >/dev/null || { $(APT) redis-server || { apt-get update && $(APT) redis-server; }; } \
		|| { echo "The tests of shared rate limits need Redis: apt-get install redis-server"; exit 1; }
