# What people do here. `make` alone lists it.
SHELL := /bin/bash
# Commands and workers start hundreds of times; without bytecode each compiles torch anew, for 10 s.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv pip
PYTEST := $(BIN)/pytest
# The long forms of tests/trials; each prints its figures. CONNECTOR_TEST_STACK=HOME lends servers.
TRIAL := PYTHONPATH=$(CURDIR)/tests $(BIN)/python -m

.PHONY: help demo test test-matrix lint docs lock bench bench-experiments bench-relevance clean \
	trial-convergence trial-zombie trial-shutdown \
	trial-trouble trial-storm trial-repartition trial-blackhole trial-poison \
	trial-soak trial-hostile trial-gateway-faults trial-rest trial-drawings trial-switch trial-reindex-kills trial-reindex-share

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 24

demo: $(BIN)/.ready  ## servers, mappings, publish, ingest, searches, evaluation: from nothing
	@PATH="$(CURDIR)/$(BIN):$$PATH" examples/demo.sh

test: $(BIN)/.ready  ## the whole suite, on real servers, from nothing; a part of it: make test PART='-m "not server"'
	$(PYTEST) $(PART)

test-matrix: $(BIN)/.ready  ## what talks to a cluster, on OpenSearch 2.19 over TLS, as least-privileged users
	$(PYTEST) -m "server and not once" tests/mappings tests/ingest tests/query --opensearch 2.19 --secure

lint: $(BIN)/.ready  ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(BIN)/.ready  ## write again what comes from the code: docs/commands.md, docs/settings.md, the evidence's schema, the dashboards' fields
	$(BIN)/python docs/generate_commands.py > docs/commands.md
	$(BIN)/python docs/generate_settings.py > docs/settings.md
	$(BIN)/python docs/generate_schema.py
	$(BIN)/python docs/generate_fields.py

bench: $(BIN)/.ready  ## start-up, ingest and query on the example shop (after `make demo`)
	@export PATH="$(CURDIR)/$(BIN):$$PATH"; connector local up >/dev/null && \
	  servers=$$(connector local status --shell) && eval "$$servers" && \
	  python -m benchmarks.startup && \
	  python -m benchmarks.ingest --catalogue examples/shop/catalogue.toml \
	    --file examples/shop/products.jsonl && \
	  python -m benchmarks.query --index shop --queries examples/shop/queries.tsv

bench-experiments: $(BIN)/.ready  ## false alarms and power of the stop rule of experiments, simulated
	$(BIN)/python -m benchmarks.experiments

bench-relevance: $(BIN)/.ready  ## every system on the judged catalogues of a running stack, with paired intervals
	$(BIN)/python -m benchmarks.relevance

trial-convergence: $(BIN)/.ready  ## 200 kills at every point of a worker, three seeds: nothing lost, stale or resurrected
	$(TRIAL) trials.convergence

trial-zombie: $(BIN)/.ready  ## 200 workers stopped with a bulk in flight, their keys deleted, the node restarted: nothing comes back
	$(TRIAL) trials.zombie

trial-shutdown: $(BIN)/.ready  ## 50 SIGTERMs at random: exit 0 within 20 s, nothing delivered again where nothing was to do
	$(TRIAL) trials.shutdown

trial-trouble: $(BIN)/.ready  ## 30 % of items answered 429 and 5 % of bulks 503 for 5 minutes: only those are sent again
	$(TRIAL) trials.trouble

trial-storm: $(BIN)/.ready  ## a worker comes or goes every 2-10 s for 5 minutes: little is embedded twice
	$(TRIAL) trials.storm

trial-repartition: $(BIN)/.ready  ## 4 partitions become 8 in mid-stream: nothing is dropped
	$(TRIAL) trials.repartition

trial-blackhole: $(BIN)/.ready  ## OpenSearch silent for 120 s: memory within the queue, same member, full speed again
	$(TRIAL) trials.blackhole

trial-poison: $(BIN)/.ready  ## 13 kinds of bad record in batches tried again and again: one dead letter each
	$(TRIAL) trials.poison

trial-soak: $(BIN)/.ready  ## half an hour, and always one thing that goes wrong: memory stays flat
	$(TRIAL) trials.soak

trial-hostile: $(BIN)/.ready  ## 10,000 hostile requests to the gateway: each answered, no error of its own
	$(TRIAL) trials.hostile

trial-drawings: $(BIN)/.ready  ## every drawing of the dashboards by the Vega of Dashboards 2.8, 3.3 and newer (needs npm)
	$(TRIAL) trials.drawings

trial-rest: $(BIN)/.ready  ## a public suite of REST tests, to the cluster and through the gateway: the same ends (long)
	$(TRIAL) trials.rest

trial-gateway-faults: $(BIN)/.ready  ## the model hangs, the line fails, the node is killed under a gateway: each answer in its time
	$(TRIAL) trials.gateway_faults

trial-switch: $(BIN)/.ready  ## another mapping, then another model, under 300 changes and 30 searches a second, and back
	$(TRIAL) trials.switch --kind mapping
	$(TRIAL) trials.switch --kind model

trial-reindex-kills: $(BIN)/.ready  ## kill -9 of command, Celery worker, Redis and node at every step of a reindex: the same end
	$(TRIAL) trials.reindex_kills

trial-reindex-share: $(BIN)/.ready  ## one Celery worker, then two, whose model's time is simulated: at most 0.6 of the time
	$(TRIAL) trials.reindex_share

lock: $(BIN)/.ready  ## resolve the dependencies anew
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header requirements/bootstrap.in -o requirements/bootstrap.txt
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra all --group dev pyproject.toml -o requirements/all.txt
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra ingest --extra gateway --extra tracing --extra reindex \
	  --extra encoder --extra evaluate --extra demo --extra chinese -c requirements/all.txt pyproject.toml \
	  -o requirements/image.txt

clean:           ## remove the environment and what tools left behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

$(BIN)/.ready: requirements/bootstrap.txt requirements/all.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 …"; exit 1; }
	@echo "Installing into .venv (about 3 GB with torch; downloads are cached)"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(UV) install --quiet --python $(BIN)/python --require-hashes -r requirements/all.txt
	$(UV) install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
	@touch $@
