# Two commands: `make demo` and `make test`. Everything else is a part of one of them.
#
#   make demo            from a fresh clone to a running system on http://127.0.0.1:8000
#   make demo PORT=8001  … on another port          make demo RESET=1  … starting over
#   make test            installs what it needs and runs everything
#   make install         everything but starting    make check         ruff, mypy, contracts, translations, migrations
#   make bench           the figures                make messages      collect and compile the translations
#
# All accept DATABASE_URL=… (and KEY_DATABASE_URL=…); docs/running.md tells more.

PORT ?= 8000
PYTHON := $(shell for p in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	[ -n "$$p" ] && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ifeq ($(PYTHON),)
$(error No Python 3.11 or newer was found. Install one, or name it: make demo PYTHON=/path/to/python3)
endif
VENV := .venv/bin/python

.PHONY: help demo test install check bench messages
.DEFAULT_GOAL := help

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

demo:
	@$(PYTHON) scripts/install.py --port $(PORT)
	@$(VENV) scripts/demo.py --port $(PORT) $(if $(filter-out 0 no,$(RESET)),--reset)

install:
	@$(PYTHON) scripts/install.py --dev
	@$(VENV) scripts/demo.py --prepare-only

test:
	@$(PYTHON) scripts/install.py --dev
	@$(VENV) scripts/everything.py

check:
	@$(PYTHON) scripts/install.py --dev
	@$(VENV) scripts/check.py

bench:
	@$(PYTHON) scripts/install.py --dev
	@$(VENV) scripts/demo.py --prepare-only
	@$(VENV) tests/bench/run.py

messages:
	@$(PYTHON) scripts/install.py --dev
	@$(VENV) scripts/messages.py update
