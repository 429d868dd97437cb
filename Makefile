# The front door: each target installs what it needs and leaves its result in build/.
PYTHON := .venv/bin/python
JUDGEMENT := guardian_agent.wire guardian.ingest.trust guardian.domain guardian.checks guardian.audit

.PHONY: demo test unit tools lint traps bench docs install clean help

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 10

install: ## the virtual environment and the real backup tools
	@deploy/develop/install.sh

demo: install ## a small provider with real backups, healthy and broken (SERVE=1 leaves it running)
	@$(PYTHON) -m tests.demo $(if $(SERVE),--serve)

test: install unit traps tools ## everything: unit tests, the trap benchmark, real tools end to end

unit: install ## tests without network, tools or sleep; judgement code must be covered to the last branch
	@mkdir -p build
	@$(PYTHON) -m pytest -q -n auto -m "not tools" \
	  $(foreach package,$(JUDGEMENT),--cov=$(package)) --cov-branch \
	  --cov-report=term-missing:skip-covered --cov-fail-under=100

tools: install ## tests with real backup tools, servers and processes
	@mkdir -p build
	@$(PYTHON) -m pytest -q -n 2 -m tools -rs

traps: install ## the trap benchmark: caught, missed, false alarms (ONLY=T05, TRAPS_DIR=folder)
	@$(PYTHON) -m tests.world.benchmark $(if $(ONLY),--only $(ONLY)) $(if $(TRAPS_DIR),--folder $(TRAPS_DIR))

bench: install ## ratios against peers and limits (ONLY=name)
	@$(PYTHON) -m tests.bench $(if $(ONLY),--only $(ONLY))

lint: install ## format, lint, types, import contracts, dead code
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/vulture

docs: install ## regenerate the reference pages from the code
	@GUARDIAN_UPDATE_DOCS=1 $(PYTHON) -m pytest -q tests/contracts/test_commands.py

clean: ## forget everything made here
	@rm -rf build .venv .coverage .hypothesis .mypy_cache .ruff_cache
