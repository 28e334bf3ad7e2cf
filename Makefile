# Every command that a user, an analyst or CI needs. `make help` lists them.

PYTHON ?= python3
VENV := .venv
SPARK_VENV := .venv-spark
PY := $(VENV)/bin/python
DATA ?= data/raw
DEMO_DATA ?= data/demo
OUT ?= output
# A date to build as of: make run AS_OF=2026-03-31
AS_OF ?=
STATE ?= state

# Recipes take these from the environment, so that a folder may have any name.
export DATA DEMO_DATA OUT AS_OF STATE
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export DBT_PROFILES_DIR := .
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help setup lock demo run slim docs dashboard test faults spark-test bench \
	lint lint-python lint-sql lint-deprecations audit format clean

help: ## List the commands.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.synced: requirements.lock $(VENV)/bin/uv
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(PY) requirements.lock
	touch $@

setup: $(VENV)/.synced ## Install the locked environment into .venv.

$(SPARK_VENV)/.synced: requirements-spark.lock $(VENV)/bin/uv
	$(PYTHON) -m venv $(SPARK_VENV)
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(SPARK_VENV)/bin/python requirements-spark.lock
	touch $@

lock: $(VENV)/bin/uv ## Resolve pyproject.toml into the locks.
	$(VENV)/bin/uv pip compile --universal --generate-hashes --group dev pyproject.toml -o requirements.lock
	$(VENV)/bin/uv pip compile --universal --generate-hashes --group spark --constraint requirements.lock -o requirements-spark.lock

demo: setup ## Make a demo company, run the whole way, print the answer.
	$(PY) scripts/demo.py --out "$$DEMO_DATA"
	$(MAKE) --no-print-directory run DATA="$$DEMO_DATA"

run: setup ## Load DATA (default data/raw), build, validate, publish, report.
	$(PY) scripts/run.py "$$DATA" --out "$$OUT" $${AS_OF:+--as-of "$$AS_OF"}

slim: setup ## Build what differs from STATE, a folder with the manifest of another build.
	mkdir -p target/no_files
	$(PY) scripts/load.py --quiet target/no_files # tables and columns declared since
	$(VENV)/bin/dbt build --select state:modified+ --state "$$STATE" --defer

docs: setup ## Write OUT/docs/index.html: every model, its lineage and who reads it.
	$(VENV)/bin/dbt parse --quiet --target-path target/docs
	$(VENV)/bin/dbt --quiet docs generate --static --no-compile --target-path target/docs
	mkdir -p "$$OUT/docs"
	cp target/docs/static_index.html "$$OUT/docs/index.html"

dashboard: setup ## Show what is published under OUT; on this machine alone.
	PYTHONPATH=scripts MOPS_OUT="$$OUT" $(PY) dashboard/serve.py \
		$${MOPS_DASHBOARD_ADDRESS:+--server.address "$$MOPS_DASHBOARD_ADDRESS"}

test: setup ## Run every test, on all cores.
	$(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

faults: setup ## Kill every command at 50 random moments, fill the disk, take memory away.
	PYTHONPATH=scripts $(PY) tests/faults/kills.py
	PYTHONPATH=scripts:benchmarks $(PY) tests/faults/little_memory.py
	PYTHONPATH=scripts $(PY) tests/faults/full_disk.py

spark-test: setup $(SPARK_VENV)/.synced ## Build on a Spark cluster of two workers (Java 17), compare with DuckDB.
	$(PY) spark/check.py

bench: setup ## Measure; results are added to benchmarks/RESULTS.md.
	$(PY) benchmarks/landing.py
	$(PY) benchmarks/whole_way.py
	$(PY) benchmarks/matching.py
	$(PY) benchmarks/lifecycle.py
	$(PY) benchmarks/attribution.py
	$(PY) benchmarks/dashboard.py --out $(OUT)
	$(PY) benchmarks/forecast_backtests.py
	$(PY) benchmarks/anomalies.py
	PYTHONPATH=scripts $(PY) benchmarks/lead_scores.py

# Three parts that do not wait for each other: make --jobs 2 --output-sync lint
lint: lint-python lint-sql lint-deprecations ## Check style, types, layers and deprecations.

lint-python: setup
	$(VENV)/bin/ruff check scripts dashboard tests benchmarks models spark
	$(VENV)/bin/ruff format --check scripts dashboard tests benchmarks models spark
	$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive \
		scripts dashboard models benchmarks spark
	$(VENV)/bin/mypy

lint-sql: setup
	MOPS_WAREHOUSE=:memory: $(VENV)/bin/dbt parse --quiet
	$(VENV)/bin/dbt-bouncer run --config-file dbt-bouncer.yml
	MOPS_WAREHOUSE=:memory: $(VENV)/bin/sqlfluff lint --processes 2 analyses models snapshots tests

lint-deprecations: setup
	$(PY) scripts/deprecations.py

audit: setup ## Look for known weaknesses of the locked libraries; takes the network.
	$(VENV)/bin/pip-audit --requirement requirements.lock --disable-pip --no-deps
	$(VENV)/bin/pip-audit --requirement requirements-spark.lock --disable-pip --no-deps

format: setup ## Rewrite Python and SQL to the house style.
	$(VENV)/bin/ruff check --fix scripts dashboard tests benchmarks models spark
	$(VENV)/bin/ruff format scripts dashboard tests benchmarks models spark
	MOPS_WAREHOUSE=:memory: $(VENV)/bin/sqlfluff fix analyses models snapshots tests

clean: ## Remove what builds leave behind; landed data and publications stay.
	rm -rf target logs .mypy_cache .pytest_cache .ruff_cache
