# riskplan: `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
PIP_ARGS ?=
CASE ?= data/yongchun
OUT ?= out
DEMO_ARGS ?=
BIN := .venv/bin

.PHONY: help setup demo demo-chicago test lint nightly docs bench clean

help:            ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/ -/'

setup: .venv/.core  ## make .venv with riskplan in it (wheels only; offline: PIP_ARGS="--no-index --find-links wheels")

.venv/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "riskplan needs Python 3.11 or newer; found: $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || { echo "Python's venv module is missing. Install it with:  sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.core: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --prefer-binary $(PIP_ARGS) -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --prefer-binary $(PIP_ARGS) -c constraints.txt -e '.[dev]'
	@touch $@

demo: .venv/.core    ## the whole way on the shipped sample: tables -> plan -> audit -> map (results under out/)
	$(BIN)/python -m riskplan demo --case $(CASE) --out $(OUT) $(DEMO_ARGS)

demo-chicago: .venv/.core  ## the same on the real Chicago sample
	$(BIN)/python -m riskplan demo --case data/chicago --out $(OUT) $(DEMO_ARGS)

test: .venv/.dev     ## the fast test suite (<= 5 minutes)
	$(BIN)/python -m pytest

lint: .venv/.dev     ## ruff, mypy strict, import-linter, the size test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/test_size.py

nightly: .venv/.dev  ## everything, the slow tests and the fuzzer too (tests of the fuzzer are skipped where it has no wheel)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary atheris $(PIP_ARGS) -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m pytest -m "slow or not slow" --hypothesis-profile nightly

docs: .venv/.core    ## rewrite docs/reference from the code
	$(BIN)/python -m riskplan.report.reference docs/reference

bench: .venv/.dev    ## figures of the README (JSON under benchmarks/results)
	$(BIN)/python -m benchmarks.run

clean:               ## remove what can be made again
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .hypothesis
