# The portal's commands. `make help` lists them; README explains the first two.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
CATALOGUES := portal/translations
# Browsers and databases work in processes of their own, so one more than there are processors keeps them busy.
TEST_WORKERS ?= $(shell expr $$(nproc) + 1)
# The tests start the portal a hundred times: each module is compiled once, whatever the environment says.
test: export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test lint format lock audit sbom translations bench coverage clean setup \
  setup-tests install upgrade rollback uninstall

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## Do the set-up that is missing and serve the portal (PORT=8000 HOST=127.0.0.1 DEMO=1)
	@.ci/serve.sh

test: setup-tests ## Do the set-up that tests need, then check and test everything
	@.ci/test.sh -n $(TEST_WORKERS) $(ARGS)

install: ## On a server, with sudo: a service behind TLS (DOMAIN=portal.example.com PROXY=caddy PORT=8000)
	@.ci/install.sh

upgrade: ## On a server, with sudo: this folder's release in place of the one that is served, or nothing
	@.ci/upgrade.sh

rollback: ## On a server, with sudo: the release before this one
	@.ci/upgrade.sh back

uninstall: ## On a server, with sudo: take the program away; data, backups and settings stay
	@.ci/uninstall.sh

setup: ## Do the set-up that is missing, without serving
	@.ci/setup.sh run

setup-tests: ## The same for the tests: a browser and PostgreSQL too
	@.ci/setup.sh test

lint: setup-tests ## Check style, types and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet

format: setup-tests ## Put code into the house's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup-tests ## Write the hashed locks anew from pyproject.toml (UPGRADE=1: newest versions)
	@$(BIN)/uv pip compile pyproject.toml $(LOCK_STYLE) -o requirements.txt
	@$(BIN)/uv pip compile pyproject.toml $(LOCK_STYLE) --extra dev -c requirements.txt \
	  -o requirements-dev.txt

audit: setup-tests ## Ask the advisory service about every pinned package; a known weakness fails
	@$(BIN)/python .ci/audit.py

sbom: ## Print the inventory of what is installed to serve, as CycloneDX
	@python3 .ci/sbom.py

LOCK_STYLE = --quiet --python-version 3.11 --universal --generate-hashes --no-annotate --no-header \
  $(if $(UPGRADE),--upgrade)

translations: setup-tests ## Collect the texts of the code into the catalogues, and compile these
	@pot=$$(mktemp --suffix=.pot); trap 'rm -f "$$pot"' EXIT; \
	$(BIN)/pybabel --quiet extract -F pyproject.toml $(BABEL_KEYWORDS) --add-location=file \
	  --sort-by-file --project portal --copyright-holder "The portal's authors" -o "$$pot" .; \
	for locale in zh_CN; do \
	  if [ -f $(CATALOGUES)/$$locale/LC_MESSAGES/messages.po ]; then \
	    $(BIN)/pybabel --quiet update -i "$$pot" -d $(CATALOGUES) -l $$locale \
	      --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	  else \
	    $(BIN)/pybabel --quiet init -i "$$pot" -d $(CATALOGUES) -l $$locale; \
	  fi; \
	done
	@.ci/setup.sh run

BABEL_KEYWORDS = -k t -k N_ -k _l -k lazy_gettext -k lazy_ngettext:1,2 -k lazy_pgettext:1c,2

bench: setup-tests ## Measure speed at size and print a table (ARGS= for its options)
	@$(BIN)/python -m tests.bench $(ARGS)

coverage: setup-tests ## Test in one process and tell which lines no test ran
	@$(BIN)/coverage run -m pytest -m "not browser" $(ARGS)
	@$(BIN)/coverage report

clean: ## Remove what can be made again; the data in instance/ stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	@find portal tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@find portal -name '*.mo' -delete
