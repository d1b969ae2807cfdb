# `make demo` and `make test` do all their set-up on a Debian that has git, make and Python >= 3.11.
PYTHON ?= python3
# One more than the cores of a small machine: kills, demo and browser wait more than they work.
WORKERS ?= 3
python := .venv/bin/python
pytest := $(python) -m pytest
# Where it is set, every one of the hundreds of processes that tests start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

demo: runtime  ## set up, then run the office on http://127.0.0.1:8000 with demonstration cases (PORT changes it)
	@exec .venv/bin/arbitration demo

test: setup lint  ## set up, check style and types, then run the default tests (as .ci/run does)
	$(pytest) -n $(WORKERS) --dist loadgroup

demo-reset: runtime  ## the demo from the beginning: forget what it stored
	@exec .venv/bin/arbitration demo --reset

runtime:  ## the system packages and the environment that the program needs
	@$(PYTHON) scripts/system.py
	@$(PYTHON) scripts/environment.py

setup:  ## the same, and what the tests need
	@$(PYTHON) scripts/system.py --tests
	@$(PYTHON) scripts/environment.py

format: setup  ## put the code into its standard form
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format

messages: setup  ## bring the Chinese of the pages in step with their sentences; new ones wait there for theirs
	$(python) scripts/messages.py

lint: setup  ## style and types
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	$(python) -m mypy

browser: setup  ## every page in Chromium: both languages, two widths, without JavaScript too
	$(pytest) -m browser

long: setup  ## the slow tests: hundreds of kills, hostile requests by the thousand, 2 GiB, a full disk
	$(pytest) -m long

bench: setup  ## speed, against the floors in tests/benchmarks/floors
	$(python) -m tests.benchmarks

mutants: setup  ## break important rules one by one: each must turn its test red
	$(python) -m tests.mutants

screenshots: setup  ## drive the demo in Chromium and write docs/images
	$(python) -m tests.browser.screenshots

lock:  ## write requirements.lock anew from pyproject.toml, hashes included, addresses not
	@$(PYTHON) scripts/environment.py --lock

clean:  ## remove the environment and everything built (not var/, the demo's data)
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo test demo-reset runtime setup format messages lint browser long bench mutants screenshots lock clean help
