# The commands of the house; `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEV = $(PYTHON) scripts/environment.py dev $(VENV)
CODE = crashkit webapp scripts tests docs
MANUAL = build/docs
PYTEST = CRASHKIT_MANUAL=$(MANUAL) $(BIN)/python -m pytest -q -n 2 --dist loadgroup
CHECKS = rm -rf $(MANUAL); $(MAKE) --no-print-directory -j 3 types kernels docs rules

# What Python compiled of our code is kept, whatever the machine says: each process starts sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo wheelhouse test check test-all fix docs pot bench shots locks clean lint
.PHONY: environment kernels programs rules types

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## install, load the sample data and open the dashboard on this computer
	@$(PYTHON) scripts/environment.py run $(VENV)
	@$(BIN)/crashkit demo

wheelhouse: ## fetch all packages into ./wheelhouse, for machines without internet
	@$(PYTHON) scripts/environment.py wheels wheelhouse

test: ## check and test everything; what CI runs (at most 15 minutes)
	@$(CHECKS) programs
	@$(PYTEST) --hypothesis-profile=short -m "not slow"

check: lint ## the same without the browser
	@$(PYTEST) --hypothesis-profile=short -m "not slow and not browser"

lint:
	@$(CHECKS)

environment:
	@$(DEV)

kernels: environment
	@$(BIN)/python -c "from crashkit import api; api.warm()"

programs:
	@scripts/system.sh

rules: environment
	@$(BIN)/ruff format --check -q $(CODE)
	@$(BIN)/ruff check -q $(CODE)
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/catalogue.py check

types: environment
	@$(BIN)/mypy

test-all: ## the long tier too; writes docs/evidence/test-all.md (at most 70 minutes)
	@$(CHECKS) programs
	@CRASHKIT_MANUAL=$(MANUAL) $(BIN)/python scripts/evidence.py

fix: ## format the code and mend what can be mended
	@$(DEV)
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

docs: environment ## build the manual into build/docs
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs $(MANUAL)

pot: ## collect all sentences into the catalogues
	@$(DEV)
	@$(BIN)/python scripts/catalogue.py merge

bench: ## time the work beside its peers; writes build/bench.json
	@$(DEV)
	@PYTHONPATH=tests $(BIN)/python -m tests.bench

shots: ## take pictures of pages and documents into build/shots
	@$(DEV)
	@scripts/system.sh
	@$(BIN)/python scripts/shots.py

locks: ## write the locked versions anew from pyproject.toml
	@$(DEV)
	@$(BIN)/python scripts/locks.py

clean: ## remove what was built, not your data
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
