# Everything a person needs is Python 3.11 or newer and make; all else goes into .venv.
PYTHON ?= python3
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run serve test bench faults lint

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: .venv/installed ## try it: a demo team on http://127.0.0.1:8000 (another port: PORT=8001 make run)
	@DEMO=1 VAR_DIR="$${VAR_DIR:-var/demo}" exec .venv/bin/python manage.py serve

serve: .venv/installed ## use it: the same without demo, for a small team on one machine
	@VAR_DIR="$${VAR_DIR:-var/data}" exec .venv/bin/python manage.py serve

test: .venv/installed-dev lint ## every test, on SQLite, on PostgreSQL + Redis, in a browser; and the short list of faults
	@exec .venv/bin/python tools/test.py

bench: .venv/installed-dev ## measure us against the limits of this machine
	@exec .venv/bin/python -m benchmarks

faults: .venv/installed-dev ## kill, cut and fill everything there is, and count what was lost or came twice
	@exec .venv/bin/python -m faults

lint: .venv/installed-dev ## style, settings and migrations, in a few seconds
	@.venv/bin/ruff check .
	@.venv/bin/python manage.py check --fail-level WARNING
	@.venv/bin/python manage.py makemigrations --check --dry-run

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "FailForward needs Python 3.11 or newer. Say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what FailForward runs on …"
	@.venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing what its tests need …"
	@.venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/installed
