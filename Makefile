# Every target does its own set-up: on a fresh Debian machine with Python 3.11, git and make, `make demo` and
# `make test` are all there is to say.

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed

# Tests wait for the engine more than they compute.
WORKERS ?= 4

# Stories that `make sim` plays, and the number of the first.
SEEDS ?= 10000
FIRST ?= 0

.DEFAULT_GOAL := help
.PHONY: help setup engine demo test thorough sim mutants lint bench soak sandbox picture clean

help: ## show the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(INSTALLED) ## make .venv with the pinned packages and gitpod-sync itself

$(INSTALLED): constraints.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh

engine: $(INSTALLED) ## install and start a Docker Engine if none answers
	@scripts/ensure_engine.sh

demo: $(INSTALLED) ## run the main job on repo-example/, on the simulated engine if there is no other
	@scripts/ensure_engine.sh || true
	@$(PYTHON) -m scripts.demo

test: $(INSTALLED) ## run the tests; those that need Docker are skipped when there is none
	@scripts/ensure_engine.sh || true
	@scripts/ensure_registry.sh || true
	@$(PYTHON) -m pytest --numprocesses=$(WORKERS) --dist=worksteal

thorough: $(INSTALLED) ## run the tests with many more examples and stories, and other ones each time
	@THOROUGH=1 $(MAKE) --no-print-directory test

sim: $(INSTALLED) ## play stories of faults: SEEDS=10000 of them from FIRST=0 on, or the one with the number SEED
	@$(PYTHON) -m simulation.run --seeds $(SEEDS) --first $(FIRST) $(if $(SEED),--seed $(SEED)) \
		$(if $(DIGESTS),--digests $(DIGESTS))

mutants: $(INSTALLED) ## find anew which story catches each planted defect
	@$(PYTHON) -m simulation.hunt --renew 500

lint: $(INSTALLED) ## style, types, layers
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

bench: $(INSTALLED) ## figures beside the bare Docker API calls and other tools, into build/bench.json
	@scripts/ensure_engine.sh
	@scripts/install_peers.sh
	@$(PYTHON) -m benchmarks.run

soak: $(INSTALLED) ## an hour of random faults (MINUTES=60): what is left of them, and what leaks
	@scripts/ensure_engine.sh
	@$(PYTHON) -m tests.soak.run --minutes $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED))

sandbox: ## assemble the sandbox program anew
	@scripts/build_sandbox.sh

picture: $(INSTALLED) ## draw the terminal of the README anew
	@$(PYTHON) -m scripts.terminal_picture

clean: ## remove what the targets made in this folder
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
