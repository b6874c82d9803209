# What the README shows: make run, make test. Nothing is asked and nothing is installed outside .venv,
# except a Chromium for the tests where the machine has none.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Matrices here are small: several threads for one cost more time than they save (learning England 0.8 s, not 0.4 s)
export OPENBLAS_NUM_THREADS := 1

.PHONY: run test lint types axe pictures bench pins audit clean

run: .venv/run.stamp
	@$(BIN)/python -m explorer check-config
	@$(BIN)/python -m explorer serve --port $(PORT) || \
		{ echo "The app did not start. If port $(PORT) is taken, choose another: make run PORT=8502"; exit 1; }

test: .venv/test.stamp lint types
	# EXPLORER_EXAMPLES=all tries the slowest properties with every example
	# in the order of their names: those in a browser, which wait a lot, come first, and short files come last
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/test.stamp
	$(BIN)/mypy

# axe over every view, in both themes at every width; "make test" does it at two of the six
axe: .venv/test.stamp
	EXPLORER_AXE=all $(BIN)/python -m pytest -q tests/browser/test_accessibility.py

# The pictures that tests/browser/test_pictures.py compares with, taken anew: look at them before you commit them
pictures: .venv/test.stamp
	EXPLORER_PICTURES=anew $(BIN)/python -m pytest -q tests/browser/test_pictures.py

# Measurements for the record, written to bench/results
bench: .venv/test.stamp
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.pack
	$(BIN)/python -m bench.plan_indicators
	$(BIN)/python -m bench.disclosure
	$(BIN)/python -m bench.census
	$(BIN)/python -m bench.flow
	$(BIN)/python -m bench.latency
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.backtest
	$(BIN)/python -m bench.sweep
	$(BIN)/python -m bench.standing
	$(BIN)/python -m bench.forecast
	$(BIN)/python -m bench.false_alarms
	$(BIN)/python -m bench.controlled
	$(BIN)/python -m bench.interrupted
	$(BIN)/python -m bench.cohorts
	$(BIN)/python -m bench.verdicts
	$(BIN)/python -m bench.hostile
	$(BIN)/python -m bench.replicas
	$(BIN)/python -m bench.nation

# Is a fault known of anything that the program is made of? It says so where nobody could be asked
audit: .venv/test.stamp
	$(BIN)/python -m tests.audit requirements.txt

# Pin the whole closure again after a change of requirements*.in
pins: .venv/test.stamp
	$(PIP) install pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links requirements.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links requirements-dev.in

clean:
	rm -rf .venv

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/made.stamp requirements.txt
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-dev.txt tests/browser/chromium.py tests/nginx.py
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python tests/nginx.py
	@touch $@
