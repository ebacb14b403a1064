# Everything a new user needs: `make` and `python3`. Each target prepares .venv by itself.
# PYTHON=python3.13 chooses another interpreter; ARGS passes options on, as in
#   make rehearse ARGS="--speed max --until-end --transcript posts.jsonl"

PYTHON ?= python3
ARGS ?=
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

# The tests start the bot some hundred times; without kept bytecode each start compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

# A .venv that was copied or moved with its folder runs what is in the old one, if that is still there: it is made anew.
MADE_IN := $(shell sed -n 's/^command = .* -m venv \(.*\)\/\.venv$$/\1/p' .venv/pyvenv.cfg 2>/dev/null)
ifneq ($(MADE_IN),)
ifneq ($(realpath $(MADE_IN)),$(realpath $(CURDIR)))
$(info This .venv was made in $(MADE_IN) and is not at home here: it is made anew.)
$(shell rm -rf .venv)
endif
endif

.PHONY: help setup server rehearse test lint types imports unit bench faults pictures pins wheel image installed sbom clean

help:
	@echo "make setup      prepare .venv, nothing else"
	@echo "make server     the same without the tools for tests: what a server needs"
	@echo "make rehearse   play 11 November 2020 through the bot on a simulated Discord; no token. Other days:"
	@echo "                make rehearse ARGS=\"--day list\", ARGS=\"--day drill --seed 7\"; ARGS=--help for all there is"
	@echo "make test       lint, types, import contracts and every test"
	@echo "make bench      speed and memory, one line a figure"
	@echo "make faults     never lost, never doubled: the fault runs"
	@echo "make pictures   take the docs' pictures in Chromium, and write docs/commands.md: ARGS=\"--only margin\""
	@echo "make pins       compile the pinned requirements anew"
	@echo "make wheel      build dist/: the wheel, and the constraints with which to install it"
	@echo "make installed  install the wheel into a clean environment and play a day with it from an empty folder"
	@echo "make image      build the container image, with podman, buildah or docker"
	@echo "make sbom       write sbom.json, a bill of materials (CycloneDX) of what the bot installs"
	@echo "make clean      remove .venv and the tools' caches"

setup: .venv/dev.stamp

server: .venv/run.stamp

rehearse: .venv/run.stamp
	@$(BIN)/tallydesk rehearse $(ARGS)

# The checks first, for they take seconds; then the types, in what the tests leave of two cores.
test: lint imports
	@$(MAKE) --no-print-directory -j 2 types unit

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	nice $(BIN)/mypy

imports: .venv/dev.stamp
	$(BIN)/lint-imports

# One more than there are cores: tests that wait for a process, a browser or a second leave theirs to another.
unit: .venv/dev.stamp
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.benchmarks $(ARGS)

faults: .venv/dev.stamp
	@$(BIN)/python -m tests.faults $(ARGS)

pictures: .venv/dev.stamp
	@$(BIN)/python -m tests.pictures $(ARGS)

pins: .venv/dev.stamp
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/run.txt
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	sed -n 's/^\([a-z0-9][^\\]*[^ \\]\) *\\$$/\1/p' requirements/run.txt > data/service/constraints.txt

wheel: .venv/run.stamp
	@rm -rf dist && mkdir dist
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@cp data/service/constraints.txt dist/
	@ls dist/*

# As somebody else would: an environment of its own, an empty home, an empty folder, nothing of this checkout.
installed: wheel
	@there=$$(mktemp -d) && trap 'rm -rf "$$there"' EXIT && mkdir $$there/home && \
	$(PYTHON) -m venv $$there/venv && \
	$$there/venv/bin/pip --disable-pip-version-check --no-input install --quiet -c dist/constraints.txt dist/tallydesk-*.whl && \
	cd $$there/home && env -i HOME=$$there/home PATH=/usr/bin:/bin LANG=C.UTF-8 \
	  $$there/venv/bin/tallydesk rehearse --speed max --until-end --no-browser --transcript $$there/posts.jsonl > /dev/null && \
	echo "The wheel played the day: $$(wc -l < $$there/posts.jsonl) posts and edits, nothing left in the folder: $$(ls | wc -l)."

# In Docker's format: the OCI's has no health check.
image: wheel
	@rm -rf build/image && $(BIN)/tallydesk service --compose --folder build/image > /dev/null && cp dist/*.whl build/image/
	cd build/image && BUILDAH_FORMAT=docker $$(command -v podman || command -v buildah || command -v docker) build -f Containerfile -t tallydesk .

sbom: .venv/dev.stamp
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tallydesk needs Python 3.11 or newer; try: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# The bot alone: what a rehearsal and a server need. Bytecode is made, and kept, of what is used, when it is.
.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Preparing .venv (once, about a minute) ..."
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# And what tests, checks and benchmarks need.
.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Adding the tools for tests and checks ..."
	@$(PIP) install --quiet --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
