# Frontdesk: the commands a person needs. `make` alone lists them.
#
# Needs Python 3.11 or later with its venv module, make and git; everything else is installed into .venv
# from the lock files. PYTHON=/path/to/python chooses the interpreter.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test scaled lint types format bench soak faults pictures lock clean

BIN := .venv/bin
# Where a shell forbids Python to keep byte code, every start compiled every library again, and every one of the test
# workers every test: that was half of what they did before the first story.
unexport PYTHONDONTWRITEBYTECODE
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --compile --no-deps --no-build-isolation
# What builds comes first, by its hash like all the rest: one library is there as source only.
BUILDER = <(awk '/^setuptools==/ { it = 1 } it { print } it && !/\\$$/ { exit }' requirements.lock)
# Stories in a browser wait most of their time: two workers more than there are cores keep the cores busy.
WORKERS ?= $(shell expr 2 + $$(getconf _NPROCESSORS_ONLN))
# Page by page in the order of the folders: the longest stories are not left for the end, where they would run alone.
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# What the run on SQLite has told for PostgreSQL and Redis too: what never asked which engine it stands on.
TOLD = build/told.json
SCALED = FRONTDESK_TEST_ENGINE=scaled $(BIN)/python -m pytest $(SPREAD)
# What a change is told again there: all that opens a desk, and every promise of docs/guarantees.md; but not mere looks and
# the journeys in a browser that stand for no promise, which `make scaled` tells too.
PROMISED = $(addprefix tests/journeys/test_,away.py broken_lines.py odd_browsers.py)
TELLING = tests $(addprefix --ignore=,$(filter-out $(PROMISED),$(wildcard tests/journeys/test_*.py)) \
	tests/widgets/test_console_looks.py)
LONG = -m faults -n 2 --dist load -o console_output_style=times
# Faults of one process that PostgreSQL must survive as SQLite does; what is about several brings its own server along.
ON_BOTH = $(addprefix tests/faults/test_,kill_mixed.py failpoints.py kill_pipe.py takes.py backlog.py migrating.py keeping.py storm.py)
PROJECT := $(PIP_INSTALL) --editable .
LOCKED = $(PIP_INSTALL) --require-hashes --requirement $(BUILDER) && $(PIP_INSTALL) --require-hashes --requirement

help:  ## list these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/##/' | awk -F'## *' '{ printf "  make %-8s %s\n", $$1, $$2 }'

run: .venv/.run  ## install what is missing, make the demo desk, serve it (PORT=9000)
	@exec env $(if $(PORT),FRONTDESK_SERVER_PORT=$(PORT)) $(BIN)/frontdesk demo --serve

test: .venv/.dev  ## the whole suite on SQLite, most of it on PostgreSQL and Redis too (ARGS="-k name" for a part)
	@$(BIN)/python -m tests.browser
	@export FRONTDESK_TEST_TOLD=$(TOLD); rm -f $(TOLD); red=0; \
		$(BIN)/python -m pytest $(SPREAD) $(ARGS) || red=$$?; [[ $$red -lt 2 ]] || exit $$red; \
		printf '\nAgain, every desk on PostgreSQL and Redis:\n'; \
		$(SCALED) $(if $(ARGS),$(ARGS),$(TELLING)) || red=$$?; exit $$red

scaled: .venv/.dev  ## the whole suite with every desk on PostgreSQL and Redis (ARGS="-k name" for a part)
	@$(BIN)/python -m tests.browser
	@$(SCALED) $(ARGS)

lint: .venv/.dev  ## ruff: rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev  ## mypy, strict, over the product and its tests
	$(BIN)/mypy

format: .venv/.dev  ## let ruff format and sort
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: .venv/.dev  ## what the desk does in a CPU second, beside the bare limit (ARGS="chat --short")
	@$(BIN)/python -m tests.bench $(ARGS)

soak: .venv/.dev  ## half an hour of steady work; the memory must stay flat (ARGS="--minutes 10")
	@$(BIN)/python -m tests.bench.soak $(ARGS)

faults: .venv/.dev  ## the long rounds of planted faults, best as root: an hour and a half (ARGS="-k name" for a part)
	@$(BIN)/python -m pytest $(LONG) $(ARGS)
	@$(if $(ARGS),,FRONTDESK_TEST_ENGINE=scaled $(BIN)/python -m pytest $(LONG) $(ON_BOTH))
	@$(if $(ARGS),,FRONTDESK_TEST_PAIRS=1000 $(BIN)/python -m pytest tests/routing/test_at_once.py)

pictures: .venv/.dev  ## the README's pictures, taken anew from the running product
	@$(BIN)/python -m pytest tests/journeys/test_pictures.py
	@mkdir -p docs/images && cp build/pictures/*.png docs/images/ && ls -l docs/images

lock: .venv/.run  ## resolve the dependencies anew into the lock files (UPGRADE=1 for newer versions)
	@[[ -x build/uv/bin/uv ]] || { echo "Installing uv below build/ ..."; $(BIN)/python -m venv build/uv; \
		build/uv/bin/python -m pip install -qq --disable-pip-version-check uv; }
	@uv=build/uv/bin/uv; $(LOCK)

clean:  ## remove the virtual environment and what tools left behind; the desk's data stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Host-free: names, versions and hashes, no index and no path, so that any mirror can serve them.
# The second file holds the first one's versions and adds the tools.
define LOCK
compile() { $$uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-config \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) pyproject.toml "$$@"; }; \
compile --group build --output-file requirements.lock; \
compile --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock; \
! grep -nE '://|--index|--find-links|^ *-e |@ file' requirements.lock requirements-dev.lock
endef

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages into .venv ..."
	@$(LOCKED) requirements.lock
	@$(PROJECT)
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages and the tools for tests into .venv ..."
	@$(LOCKED) requirements-dev.lock
	@$(PROJECT)
	@touch .venv/.run $@

# Gone when the interpreter that it points to is gone, and then made anew.
.venv/bin/python:
	@python=$$(.ci/find-python $(PYTHON)); echo "Making .venv with $$("$$python" --version) ..."; "$$python" -m venv --clear .venv
