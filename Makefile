# The front door. `make up` is all a user needs; `make test` proves it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
export OPENBLAS_NUM_THREADS := 1
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compiled modules are kept: without them each start takes a second and a half longer, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/.run: requirements/run.txt pyproject.toml
	@test -x $(PY) || python3.11 -m venv .venv || python3 -m venv .venv
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.train: .venv/.dev requirements/train.txt
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/train.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

huoqun/static/dist/.built: node_modules/.package-lock.json $(shell find frontend -type f 2>/dev/null)
	node frontend/build.mjs
	@touch $@

huoqun/locale/.built: .venv/.run $(shell find huoqun/locale -name '*.po' 2>/dev/null)
	$(PY) -m babel.messages.frontend -q compile -D django -d huoqun/locale
	@touch $@

setup: .venv/.run huoqun/static/dist/.built huoqun/locale/.built ## install everything into this folder

up: setup ## install and start Huoqun; prints its address (PORT=8001 for another port)
	$(PY) -m huoqun up $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST))

test: setup .venv/.dev ## every test (installs what tests need first)
	$(PY) -m pytest -n auto

check: setup .venv/.dev ## format, lint, types, shape, imports
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	$(PY) -m pytest tests/test_shape.py

torture: setup .venv/.dev ## a thousand kills, long fuzzing; results in docs/torture.md
	$(PY) -m torture --write

bench: setup .venv/.dev ## speed, against other people's programs in the same run
	$(PY) -m bench

truth: setup .venv/.train ## accuracy, from the data in HUOQUN_DATA; writes docs/truth.md
	$(PY) -m training.truth

train: setup .venv/.train ## make the shipped parameter files anew, from the data in HUOQUN_DATA
	for part in normal lesson verdict reply mood society effect share; do $(PY) -m training.train_$$part || exit 1; done

fmt: .venv/.dev ## put the code into shape
	ruff format .
	ruff check --fix .

lock: .venv/.dev ## pin what is installed, by hash
	for f in run dev train; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/$$f.in -o requirements/$$f.txt; done

.PHONY: help setup up test check fmt lock bench truth torture train
