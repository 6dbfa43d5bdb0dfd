# Everything a person types. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip --disable-pip-version-check install --quiet -c constraints.txt
# both kinds of test run on servers of their own: see platform/stack/pytest_plugin.py
PYTEST := $(RUN) -m pytest
WORKERS ?= logical
PORT ?= 8000
# what production must look like, with secrets that are random for each check
SECRET = $(shell $(RUN) -c 'import secrets; print(secrets.token_urlsafe(48))')
PRODUCTION = RW_ENV=production DJANGO_SECRET_KEY="$(SECRET)" RW_GRANT_KEYS="check:$(SECRET)" PAYMENT_PROVIDER=none \
	PUBLIC_BASE_URL=https://reelwright.example ALLOWED_HOSTS=reelwright.example

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-slow bench lint fmt
.DELETE_ON_ERROR:

help:
	@echo "make venv       .venv with everything the tests need"
	@echo "make demo       the platform, and two series made on it before your eyes (PORT=8000); Ctrl-C ends it"
	@echo "make test       the fast tests, on real PostgreSQL and Valkey from wheels"
	@echo "make test-slow  crashes, browsers, simulations"
	@echo "make bench      measurements against a floor (ONLY=name for one)"
	@echo "make lint       style, types, import contracts, OpenAPI, deploy check, migrations"
	@echo "make fmt        what ruff can correct by itself"

venv: $(VENV)/.ready-test

# Stamps: as long as the lists of packages do not change, nothing is asked of the registry.
$(VENV)/.ready-test: pyproject.toml constraints.txt | $(VENV)/.made
	$(INSTALL) -e '.[embedded,test,diffusion]'
	@touch $(VENV)/.ready-demo $@

$(VENV)/.ready-demo: pyproject.toml constraints.txt | $(VENV)/.made
	$(INSTALL) -e '.[embedded]'
	@touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is older or not there. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV) || { \
		echo "A virtual environment cannot be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

demo: $(VENV)/.ready-demo
	@$(RUN) manage.py demo --port $(PORT)

test: venv
	$(PYTEST) -m "not slow" -n $(WORKERS) --dist loadfile

test-slow: venv
	$(PYTEST) -m slow

bench: venv
	$(RUN) -m tests.bench $(ONLY)

lint: venv
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "manage.py check --deploy, as production"
	@$(PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING
	$(RUN) -W ignore manage.py makemigrations --check --dry-run

fmt: venv
	$(RUN) -m ruff check --fix .
