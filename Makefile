# The front door: each target installs what it needs and leaves its result in build/.
PYTHON := .venv/bin/python
# A test that needs the network and does not say so fails here, where namespaces are allowed.
OFFLINE := $(shell unshare -rn true 2>/dev/null && echo unshare -rn)
JUDGES := tests/agent/wire tests/central/domain tests/central/checks tests/central/ingest \
  tests/central/audit tests/contracts/test_checks.py
JUDGEMENT := guardian_agent.wire guardian.ingest.trust guardian.domain guardian.checks guardian.audit

.PHONY: demo test unit cover tools lint traps hard bench docs install clean help

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 10

install: ## the virtual environment and the real backup tools
	@deploy/develop/install.sh

demo: install ## a small provider with real backups, healthy and broken (SERVE=1 leaves it running)
	@$(PYTHON) -m tests.demo $(if $(SERVE),--serve)

test: install unit cover traps tools ## everything: unit tests, coverage of judgement, traps, real tools

unit: install ## tests without network, tools or sleep
	@$(OFFLINE) $(PYTHON) -m pytest -q -n auto -m "not tools" -rs

cover: install ## the code that judges must be tested to its last branch
	@$(PYTHON) -m pytest -q -n auto -m "not tools" $(JUDGES) \
	  $(foreach package,$(JUDGEMENT),--cov=$(package)) --cov-branch \
	  --cov-report=term-missing:skip-covered --cov-fail-under=100

tools: install ## tests with real backup tools, servers and processes
	@mkdir -p build
	@$(PYTHON) -m pytest -q -n 2 -m tools -rs --ignore=tests/agent/hostile
# Alone and in order: each looks at all that the machine runs and has mounted.
	@$(PYTHON) -m pytest -q -n 0 -p no:randomly -m tools -rs tests/agent/hostile

traps: install ## the trap benchmark: caught, missed, false alarms (ONLY=T05, TRAPS_DIR=folder)
	@$(PYTHON) -m tests.world.benchmark $(if $(ONLY),--only $(ONLY)) $(if $(TRAPS_DIR),--folder $(TRAPS_DIR))

hard: install ## the long reliability runs: spoilt answers for every probe, kills of restore tests
	@$(PYTHON) -m tests.hard

bench: install ## ratios against peers and limits (ONLY=name)
	@$(PYTHON) -m tests.bench $(if $(ONLY),--only $(ONLY))

lint: install ## format, lint, types, import contracts, dead code
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/vulture

docs: install ## regenerate the reference pages from the code
	@GUARDIAN_UPDATE_DOCS=1 $(PYTHON) -m pytest -q tests/contracts/test_reference.py tests/contracts/test_agent_reference.py

clean: ## forget everything made here
	@rm -rf build .venv .coverage .hypothesis .mypy_cache .ruff_cache
