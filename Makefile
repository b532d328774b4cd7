# make help says what there is. The settings of an installation lie in its folder under instance/.
ifeq ($(origin PYTHON),undefined)
# An activated environment has no pip of its own: its python3 is passed over.
PYTHON := $(shell IFS=:; for folder in $$PATH; do \
  [ "$$folder" = "$(CURDIR)/.venv/bin" ] || [ "$$folder" = "$$VIRTUAL_ENV/bin" ] || [ ! -x "$$folder/python3" ] || \
  { echo "$$folder/python3"; break; }; done)
endif
PORT   ?= 8000
DEMO   := instance/demo/settings.env
LIVE   := instance/settings.env
BIN    := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

# A port given on the command line wins over the settings file.
ifneq ($(origin PORT),file)
export XINGFU_LISTEN := 127.0.0.1:$(PORT)
export XINGFU_BASE_URL := http://127.0.0.1:$(PORT)
endif

# The locks hold everything: nothing is resolved, so nothing published later changes an installation.
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-input \
  --require-hashes --no-deps

LOCK := uv pip compile --quiet --no-header --no-strip-extras --generate-hashes --universal

.PHONY: help demo run test lint format bench mutants pictures lock forget-demo
.DEFAULT_GOAL := help

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: export XINGFU_SETTINGS := $(CURDIR)/$(DEMO)
demo: .venv/.run $(DEMO) ## A fictional district with a year of history, on http://127.0.0.1:8000
	@flask --app app demo prepare
	@exec honcho start

run: export XINGFU_SETTINGS := $(CURDIR)/$(LIVE)
run: .venv/.run $(LIVE) ## An empty installation under instance/, with a one-time link for the first admin
	@flask --app app prepare
	@flask --app app first-admin
	@exec honcho start

test: lint ## Everything: linters, both databases, a real browser
	@.ci/browser
	@pytest -n 2 --dist loadfile

lint: export XINGFU_SETTINGS := $(CURDIR)/build/lint/settings.env
lint: .venv/.dev build/lint/settings.env ## ruff, mypy, import-linter, djlint, translations
	@ruff check .
	@ruff format --check --quiet .
	@mypy
	@lint-imports --no-cache > build/lint/imports.txt || { cat build/lint/imports.txt; exit 1; }
	@djlint --lint --quiet templates
	@flask --app app translations check

format: .venv/.dev ## Format the code
	@ruff check --fix --quiet .
	@ruff format .

bench: .venv/.dev ## make bench NAME=submit: one workload beside its floor
	@python -m benchmarks $(NAME)

mutants: .venv/.dev ## make mutants ROOM=care: which changes of its rules and services no test notices (ONLY="state tiers")
	@python -m benchmarks.mutants $(ROOM) $(ONLY)

pictures: .venv/.dev ## Take the README's pictures anew
	@python -m tests.browser.pictures docs/pictures

lock: ## Resolve the dependencies anew into the two lock files (needs uv); pins stay where they can
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) pyproject.toml --group dev -o requirements-dev.lock

forget-demo: ## Throw the fictional district away; the next make demo invents it again
	@rm -rf instance/demo

$(DEMO): | .venv/.run
	@python -m app.home.first_settings demo $(DEMO) $(PORT)

$(LIVE): | .venv/.run
	@python -m app.home.first_settings live $(LIVE) $(PORT)

build/lint/settings.env: app/home/first_settings.py | .venv/.dev
	@rm -f $@
	@python -m app.home.first_settings test $@

# The environment is made without ensurepip, which Debian keeps in a package of its own, and filled by the system's pip.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "pip is needed: apt-get install python3-pip, or python3 -m ensurepip"; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv

.venv/.run: requirements.lock | $(BIN)/python
	@echo "installing the dependencies (once; half a minute) …"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "installing the tools of the tests (once) …"
	@$(PIP) -r requirements-dev.lock
	@touch $@
