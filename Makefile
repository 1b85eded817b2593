# `make run` shows the agent at work on a small demo organisation; `make test` runs every test.
# Both make their own virtual environment and need nothing but Python 3.11 or newer and the network's package index.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name) 2>/dev/null)))
VENV ?= .venv
BIN := $(VENV)/bin

# Tests start some hundred processes: each would compile the agent anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lock dist clean

run: $(VENV)/.runtime
	$(BIN)/sync-agent demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 3 --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rewrites the three lists of pinned and hashed packages from pyproject.toml.
lock: $(VENV)/.dev
	$(BIN)/pip install -q pip-tools
	$(BIN)/pip-compile $(LOCK_OPTIONS) --extra sandbox --extra apprise --extra postgresql -o requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK_OPTIONS) --extra apprise --extra postgresql -c requirements.lock -o requirements-image.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK_OPTIONS) --extra sandbox --extra apprise --extra postgresql --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

LOCK_OPTIONS := -q --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

# A release in dist/: wheel, sdist, the packages of the image in CycloneDX, and hashes; with Docker also the image.
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
dist: $(VENV)/.dev
	rm -rf dist
	$(BIN)/pip install -q --disable-pip-version-check build cyclonedx-bom
	$(BIN)/python -m build -q
	$(BIN)/cyclonedx-py requirements requirements-image.lock --pyproject pyproject.toml --of JSON -o dist/goal-sync-agent-$(VERSION).cdx.json
	@if docker info >/dev/null 2>&1; then docker build -q -t goal-sync-agent:$(VERSION) . && \
		docker save goal-sync-agent:$(VERSION) | gzip -9n > dist/goal-sync-agent-$(VERSION)-image.tar.gz; \
	else echo "no image: Docker does not run here"; fi
	cd dist && sha256sum * > SHA256SUMS

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; set PYTHON=/path/to/a/newer/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
