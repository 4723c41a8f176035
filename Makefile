# The scripts in bin/ do the work; these are their short names.
.PHONY: help setup run test test-all check format pin rows
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12
setup: ## make the environment
	bin/setup --dev
run: ## run the demonstration council
	bin/run
test: ## all checks and tests but the long ones
	bin/test
test-all: ## everything
	bin/test --all
check: ## the checks alone
	bin/check
format: ## put the code in its one format
	.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .
pin: ## pin the requirements again
	bin/pin
rows: ## mission rows and their tests
	bin/moothall rows
