# make run: set up and serve the app on the bundled data.   make test: set up and pass everything.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench data clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m csp_dash serve --port $(PORT)

test: $(VENV)/test.stamp check
	@bash tests/browser/chromium.sh
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --ignore tests/browser
	$(BIN)/python -m pytest tests/browser

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/test.stamp
	$(BIN)/python -m bench

$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "csp-dash needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# make data FROM=folder: make the bundled snapshot anew from official files.
data: $(VENV)/run.stamp
	@$(BIN)/python -m csp_dash build --from $(FROM)

clean:
	rm -rf $(VENV) data/built .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
