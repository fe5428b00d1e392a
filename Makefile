# make run: set up and serve the app on the bundled data.   make check: the quick lane.   make test: set up and pass everything,
# with a sample of the large grids.   make proof: everything, with the grids whole.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check proof lint docs bench reading data clean
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

run: $(VENV)/run.stamp
	@$(BIN)/python -m csp_dash serve --port $(PORT)

lint: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: lint
	$(PYTEST) tests/architecture tests/unit/domain tests/unit/catalogue tests/unit/analytics tests/unit/charts

test: lint
	@bash tests/browser/chromium.sh
	$(PYTEST) --ignore tests/browser
	$(BIN)/python -m pytest tests/browser

proof: lint
	@bash tests/browser/chromium.sh
	CSP_DASH_PROOF=1 $(PYTEST) --ignore tests/browser
	CSP_DASH_PROOF=1 $(BIN)/python -m pytest tests/browser

# make bench BASE=commit: measure pages and crowds, beside another commit in the same run.
bench: $(VENV)/test.stamp
	$(BIN)/python -m bench $(if $(BASE),--base $(BASE))

# make reading PAGE=overview: measure how much a page asks of a reader; all pages unless told.
reading: $(VENV)/test.stamp
	@bash tests/browser/chromium.sh
	$(BIN)/python -m bench.reading $(PAGE)

$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "csp-dash needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# make docs: write what the commands say of themselves into the README and docs/commands.md.
docs: $(VENV)/test.stamp
	$(BIN)/cog -P -r README.md docs/commands.md

# make data FROM=folder: make the bundled snapshot anew from official files.
data: $(VENV)/run.stamp
	@$(BIN)/python -m csp_dash build --from $(FROM)

clean:
	rm -rf $(VENV) data/built .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
