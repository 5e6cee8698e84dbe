# `make run` and `make test` are all the set-up there is: they make .venv first, from any Python of 3.11 or later.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help run test lint bench clean

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) ## start a box on http://127.0.0.1:7462 (ARGS="--sims 10000" goes to carrierbox serve)
	$(BIN)/carrierbox serve $(ARGS)

test: $(READY) ## run the tests (ARGS="-k wing" goes to pytest)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

lint: $(READY) ## check style, format and types; change nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict -p carrierbox

bench: $(READY) ## measure what requests, worlds and starts cost on this machine
	$(BIN)/python -m bench $(ARGS)

clean: ## remove .venv and all that tools left behind
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp comes last, so a set-up that was cut off is done again; --clear, so nothing of an older one stays.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "carrierbox needs Python 3.11 or later: name one with make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
