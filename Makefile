# Countersign. `make run` is all that a newcomer needs; docs/running.md says more.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# Each test process brings a browser and servers of its own along, and waits for them a third of its time: one more than cores.
WORKERS ?= 3
# The settings of a desk for the public, and real servers, for the checks that read settings or migrations.
PRODUCTION := DEMO=0 ALLOWED_HOSTS=desk.example.com PUBLIC_URL=https://desk.example.com \
	DATA_KEY=b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMzI= \
	SECRET_KEY=no-secret-it-is-only-for-the-checks-0123456789-abcdefgh $(PYTHON) -m tests.servers $(PYTHON)

.PHONY: help run test test-long bench pictures reset lint types form suite fmt lock audit environment environment-dev chromium

help:
	@echo 'make run        a working desk with demo data on http://127.0.0.1:8000 (PORT=, VAR=, DEMO=0)'
	@echo 'make test       everything that has to hold, as CI runs it'
	@echo 'make test-long  hundreds of kills, mutation tests, a million rows'
	@echo 'make bench      the benchmarks, as ratios (BENCH_TICKETS=1000000)'
	@echo 'make pictures   every page in light and dark, wide and on a phone, into build/screenshots'
	@echo 'make reset      empty var/ (VAR=): database, mails, logs, keys'
	@echo 'make lint       the checks alone'
	@echo 'make fmt        put code and templates into form'
	@echo 'make lock       pin the dependencies of pyproject.toml anew'

run: environment
	@exec $(PYTHON) -m desk.supervisor

# The browser comes while Python's packages do, and all is checked beside the tests, which wait a part of their time.
test:
	@$(MAKE) --no-print-directory -j2 chromium environment-dev
	@$(MAKE) --no-print-directory -j3 suite types form
	@$(MAKE) --no-print-directory audit

suite: environment-dev chromium
	@echo '== tests'
	@$(PYTHON) -m pytest -q -n $(WORKERS) -m 'not long' || { \
		echo '== what failed, once more and alone: a machine that stuttered is no defect, what fails twice is'; \
		$(PYTHON) -m pytest -q -m 'not long' --last-failed --last-failed-no-failures none --maxfail 3; }

test-long: environment-dev chromium
	@$(PYTHON) -m pytest -q -m long

bench: environment-dev
	@$(PYTHON) -m tests.benchmarks

pictures: environment-dev chromium
	@$(PYTHON) -m tests.journeys.screenshots

reset:
	@for python in $(PYTHON) python3; do \
		command -v $$python >/dev/null && exec $$python -m desk.var reset; \
	done; echo 'make reset: Python 3.11 or newer is needed.' >&2; exit 1

lint: types form

types: environment-dev
	@echo '== mypy' && $(PRODUCTION) -m mypy

form: environment-dev
	@echo '== ruff' && $(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .
	@echo '== djlint' && $(PYTHON) -m djlint templates --check --quiet && $(PYTHON) -m djlint templates --lint --quiet
	@echo '== import contracts' && .venv/bin/lint-imports
	@echo '== migrations' && $(PRODUCTION) manage.py makemigrations --check --dry-run
	@echo '== deployment' && $(PRODUCTION) manage.py check --deploy --fail-level WARNING

fmt: environment-dev
	@$(PYTHON) -m ruff check --fix . ; $(PYTHON) -m ruff format . ; $(PYTHON) -m djlint templates --reformat --quiet

audit:
	@echo '== known weaknesses of the dependencies'
	@.ci/audit requirements.lock

lock: environment-dev
	@for what in 'pyproject.toml -o requirements.lock' \
		'pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock' \
		'--group installer -c requirements-dev.lock -o .ci/installer.lock'; do \
		.venv/bin/uv pip compile -q --system-certs --generate-hashes --no-emit-index-url --python-version 3.11 $$what || exit; \
	done

environment:
	@.ci/environment requirements.lock

environment-dev:
	@.ci/environment requirements-dev.lock

chromium:
	@.ci/chromium
