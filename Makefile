# `make setup` builds .venv from nothing on Debian; everything else runs inside it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

MEMBERS := core $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
TESTS := $(wildcard core/tests plugins/*/tests examples/*/tests tests)
SOURCES := $(wildcard core/src plugins/*/src examples/*/src)

empty :=
space := $(empty) $(empty)

# root needs no sudo, and a container may have none.
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

# Only what setup installed: never a Python fetched by uv, nor another environment.
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Trust whom this machine trusts, as pip does: an office may have an authority of its own.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif
# Each member's sources are a root for mypy; without this a new plugin needs an edit.
export MYPYPATH := $(subst $(space),:,$(SOURCES))

# mkdocs-material prints an advertisement otherwise.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test faults check docs docs-check gallery screenshots format bench bench-apps bench-tables bench-lock honesty lock clean scripts browser nginx redis postgresql

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

setup: $(VENV)/.members ## build or refresh .venv; nothing to do takes no time

# Stamp 1: the interpreter, and in it uv at the version and hashes of the lock.
$(VENV)/.uv: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Muntin needs Python 3.11 or newer")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(APT) update -q && $(APT) install -qy python3-venv; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $@.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $@.txt
	@touch $@

# Stamp 2: every library, exactly as locked.
$(VENV)/.libraries: requirements.lock $(VENV)/.uv
	@$(BIN)/uv pip install -q --require-hashes -r requirements.lock
	@touch $@

# Stamp 3: the members, editable. Their libraries are there; `uv pip check` says so.
$(VENV)/.members: $(VENV)/.libraries $(MEMBERS:%=%/pyproject.toml)
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation $(MEMBERS:%=-e ./%)
	@$(BIN)/uv pip check -q || { echo 'The lock is behind a pyproject.toml: run make lock'; exit 1; }
	@touch $@

demo: setup ## a simulated fund, and the app on it
	@$(BIN)/muntin demo

# With CI set, Hypothesis has no deadlines, which a busy machine misses, and repeats its examples.
test: export CI := true
test: check docs-check browser nginx redis postgresql ## check, build the docs, then every test
	node --test $(SCRIPTS)
	$(BIN)/pytest -n 2 --dist loadfile

# One process: a trial that kills, floods and counts wants the machine to itself.
faults: export CI := true
faults: setup browser nginx redis postgresql ## the long trials: fuzzing, kills, floods; ARGS="-k socket" for some of them
	$(BIN)/pytest -m faults $(ARGS)

check: setup scripts $(VENV)/plugins.importlinter ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES) $(TESTS)
	$(BIN)/lint-imports --no-logo
	$(if $(PLUGINS),PYTHONPATH=$(MYPYPATH) $(BIN)/lint-imports --no-logo --config $(VENV)/plugins.importlinter)

# Browser scripts are ES modules; the tools that check them come from npm, and none is served.
SCRIPTS := core/tests/web/scripts
scripts: $(SCRIPTS)/node_modules/.package-lock.json ## lint browser scripts and check their types
	$(SCRIPTS)/node_modules/.bin/eslint -c $(SCRIPTS)/eslint.config.js core/src/muntin/web/static core/src/muntin/panel $(SCRIPTS)/*.test.js
	$(SCRIPTS)/node_modules/.bin/tsc -p $(SCRIPTS)

$(SCRIPTS)/node_modules/.package-lock.json: $(SCRIPTS)/package-lock.json
	@command -v npm >/dev/null || { $(APT) update -q && $(APT) install -qy --no-install-recommends nodejs npm; }
	@npm ci --prefix $(SCRIPTS) --silent --no-audit --no-fund --fetch-retries=5 \
	    || { echo 'npm cannot fetch eslint and typescript, which check the browser scripts'; exit 1; }

docs: setup ## serve the documentation on this machine
	@$(BIN)/mkdocs serve --strict

# Not --quiet: it silences the warnings that --strict counts.
docs-check: setup ## build the documentation; a warning is an error
	@$(BIN)/mkdocs build --strict

screenshots: setup browser ## take the pictures of the pages: ARGS="risk trades" for some of them
	@$(BIN)/python docs/screenshots.py $(ARGS)

gallery: setup browser ## take the pictures of the example apps
	@$(BIN)/python docs/gallery.py

format: setup ## rewrite the code in the one style
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# The bench has libraries of its own (Streamlit, Dash, ...); Muntin itself is served from .venv.
bench: setup bench/.venv/.ready browser ## measure beside the others: ARGS="--quick", "--only W3"
	@PYTHONPATH=core/src:plugins/demo/src bench/.venv/bin/python -m bench $(ARGS)

bench-apps: setup browser ## a Panel app under Muntin and under panel serve: ARGS="--seconds 5"
	@PYTHONPATH=. $(BIN)/python -m bench.apps $(ARGS)

bench-tables: setup bench/.venv/.ready browser ## tables of 10,000 rows in Chromium: ARGS="--updates 5"
	@PYTHONPATH=. $(BIN)/python -m bench.tables $(ARGS)

honesty: setup bench/.venv/.ready browser ## seconds of false figures on screen: ARGS="--only torn"
	@PYTHONPATH=. bench/.venv/bin/python -m bench.honesty $(ARGS)

bench/.venv/.ready: bench/requirements.lock $(VENV)/.uv
	@[ -x bench/.venv/bin/python ] || $(PYTHON) -m venv --without-pip bench/.venv
	@$(BIN)/uv pip sync -q --python bench/.venv/bin/python --require-hashes bench/requirements.lock
	@touch $@

bench-lock: $(VENV)/.uv ## resolve the bench's libraries anew into bench/requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-annotate --no-header --no-emit-index-url --constraint requirements.lock \
	    --output-file bench/requirements.lock bench/requirements.in
	@! grep -n '://' bench/requirements.lock

# The lock names no index: whoever installs uses the one their machine is set up for.
lock: $(VENV)/.uv ## resolve every library anew into requirements.lock
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export -q --locked --all-packages --all-extras --all-groups --no-emit-workspace \
	    --no-annotate --output-file requirements.lock
	@! grep -n '://' requirements.lock

clean: ## remove all that these commands made
	rm -rf $(VENV) $(SCRIPTS)/node_modules bench/.venv uv.lock dist core/dist plugins/*/dist examples/*/dist htmlcov site .coverage .coverage.* \
	    .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The browser tests drive Debian's Chromium.
browser:
	@command -v chromium >/dev/null || { $(APT) update -q && $(APT) install -qy chromium; }

# One test stands behind Debian's nginx. Unpacked here, not installed: that would start a service on port 80.
nginx: $(VENV)/.uv
	@[ -x /usr/sbin/nginx ] || [ -x $(VENV)/nginx/usr/sbin/nginx ] || { cd $(VENV) && $(APT) update -q \
	    && apt-get download -q nginx && dpkg -x nginx_*.deb nginx && rm nginx_*.deb; }

# Tests of sources start these on loopback. RUNLEVEL: installing them starts no service.
redis:
	@command -v redis-server >/dev/null || { $(APT) update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy redis-server; }

postgresql:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { $(APT) update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qy postgresql; }

# What holds for every plugin, whichever there are: written here because
# import-linter's own settings know no wildcard for packages.
PLUGINS := $(notdir $(patsubst %/__init__.py,%,$(wildcard plugins/*/src/*/__init__.py examples/*/src/*/__init__.py)))
# Kinds of source that another plugin may build its own on.
LIBRARIES := muntin_http
PUBLIC := muntin.access muntin.cli muntin.settings muntin.sources muntin.testing muntin.ui
list = $(subst $(space),$(newline)    ,$(empty) $(strip $(1)))
define newline


endef
define PLUGIN_CONTRACTS
[importlinter]
root_packages =$(call list,muntin $(PLUGINS))

[importlinter:contract:core]
name = Core imports no plugin
type = forbidden
source_modules = muntin
forbidden_modules =$(call list,$(PLUGINS))

[importlinter:contract:plugins]
name = Plugins do not import each other
type = independence
modules =$(call list,$(PLUGINS))
unmatched_ignore_imports_alerting = none
ignore_imports =$(foreach from,$(PLUGINS:%=%.**),$(foreach to,$(LIBRARIES),$(newline)    $(from) -> $(to)))

[importlinter:contract:public]
name = Plugins import only $(strip muntin $(PUBLIC))
type = forbidden
source_modules =$(call list,$(PLUGINS))
forbidden_modules = muntin.*
allow_indirect_imports = true
unmatched_ignore_imports_alerting = none
ignore_imports =$(foreach from,$(PLUGINS) $(PLUGINS:%=%.**),$(foreach to,$(PUBLIC) $(PUBLIC:%=%.**),$(newline)    $(from) -> $(to)))
endef

.PHONY: $(VENV)/plugins.importlinter
$(VENV)/plugins.importlinter: setup
	$(file >$@,$(PLUGIN_CONTRACTS))@:
