# Supply Chain Carbon Analytics: what people do with it. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8501
export PORT
BIN := .venv/bin
# A browser on a busy machine can miss a moment: a failed browser test runs once more, and is named at the end.
AGAIN := --reruns 1 -r fER

.PHONY: help run test check unit integration e2e bench screenshots backup restore format clean

help: ## List every target
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: .venv/.app ## Start the app on http://localhost:8501 (PORT, DATABASE_URL, APP_DATABASE_URL change it)
	@$(BIN)/python -m scripts.start

test: .venv/.dev ## Run every check and test: ruff, mypy, import-linter, unit, integration, browser
	@$(MAKE) --no-print-directory check
	@bash scripts/chromium.sh
	$(BIN)/python -m pytest tests/unit tests/integration -n auto --dist loadfile --cov --cov-report=
	$(BIN)/python -m pytest tests/e2e $(AGAIN) --cov --cov-append --cov-report=term

check: .venv/.dev ## Run ruff, mypy and import-linter only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/.dev ## Run the unit tests only
	$(BIN)/python -m pytest tests/unit -n auto --dist loadfile

integration: .venv/.dev ## Run the tests on DuckDB, Postgres and the real server
	$(BIN)/python -m pytest tests/integration -n auto --dist loadfile

e2e: .venv/.dev ## Run the browser tests only
	@bash scripts/chromium.sh
	$(BIN)/python -m pytest tests/e2e $(AGAIN)

bench: .venv/.dev ## Run the benchmarks and write benchmarks/results.md
	@bash scripts/chromium.sh
	$(BIN)/python -m benchmarks

screenshots: .venv/.dev ## Take the README's screenshots from the real app
	@bash scripts/chromium.sh
	$(BIN)/python -m scripts.screenshots

backup: .venv/.app ## Write both databases to var/backups/
	@$(BIN)/python -m scripts.backup save

restore: .venv/.app ## Load a backup: make restore FILE=var/backups/NAME.zip
	@$(BIN)/python -m scripts.backup restore "$(FILE)"

format: .venv/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and caches; var/ with the data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/.app: requirements.txt constraints.txt scripts/venv.sh
	@PYTHON="$(PYTHON)" bash scripts/venv.sh requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt requirements.txt constraints.txt scripts/venv.sh
	@PYTHON="$(PYTHON)" bash scripts/venv.sh requirements-dev.txt
	@touch .venv/.app $@
