# Podium: ratings to ranked recommendations, as stages. `make help` lists the targets.
# The graph of the stages stands in scripts/pipeline.mk; this file finds the data and builds the binaries first.

PRESET ?= default
SEED ?= 42
THREADS ?= 0

# The data set's name: given, or that of the folder or file that DATA_DIR points at.
ifdef DATA_DIR
DATASET ?= $(firstword $(subst ., ,$(notdir $(patsubst %/,%,$(DATA_DIR)))))
endif
DATASET ?= ml-latest-small

export DATA_DIR
BIN := $(or $(CARGO_TARGET_DIR),target)/release
STAGES := split train-base build-features train-meta evaluate recommend
CARGO ?= cargo
# cargo-nextest where it is there, cargo's own runner where it is not; asked only where a recipe needs to know.
TEST = $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo "nextest run" || echo "test")

.DEFAULT_GOAL := all
ONE_PRESET := $(STAGES) audit ablation sweep seeds
SCALE ?= 25m
.PHONY: all $(ONE_PRESET) compare reproduce completions data synth build test cluster-test lint fmt doc clean distclean help

all: evaluate $(if $(SEEDS),seeds) ## Run every stage that is not up to date; with SEEDS="1 2 3" over these seeds too

split: ## Stage 1: read the raw ratings, say which part and fold each falls in
train-base: ## Stage 2: fit the base recommenders
build-features: ## Stage 3: base scores and statistics to feature tables
train-meta: ## Stage 4: fit the meta-models
evaluate: ## Stage 5: score the test rows, measure, draw, write the report
recommend: ## Stage 6: the best items for every user; for some alone with USERS="1 2", for people with ratings of their own with FOR=my.csv
audit: ## Prove that no feature depends on a label that it may not see; fails where one does
ablation: ## What each base model and feature group is worth, and what it costs: a table, in minutes
sweep: ## Search hyper-parameters on the training ratings: SPACE=config/sweeps/booster.toml TRIALS=30; goes on where it was stopped
seeds: ## The preset over SEEDS="1 2 3": means, spreads, and stacks against rivals over all of them
compare: build ## Runs side by side: A=default B=artifacts/my-run, or RUNS="default other ..."; refused where they may not be compared
	@"$(BIN)/compare" $(if $(RUNS),--runs $(foreach run,$(RUNS),"$(call run_folder,$(run))"),--a "$(call run_folder,$(A))" --b "$(call run_folder,$(B))") \
	  $(if $(PROTOCOL),--protocol "$(PROTOCOL)") $(if $(METRIC),--metric "$(METRIC)") $(if $(K),--k "$(K)")

# A run is named by its folder, or by its preset.
run_folder = $(if $(1),$(if $(wildcard $(1)/.),$(1),artifacts/$(DATASET)/$(1)),$(error compare takes two runs or more: make compare A=default B=artifacts/my-run, or RUNS="default other ..."))

reproduce: build ## A run again from its manifests: MANIFEST=path/to/<stage>/manifest.json; ends with the same bytes or says what differs
	@$(if $(MANIFEST),,$(error reproduce takes the manifest of a stage: make reproduce MANIFEST=artifacts/ml-latest-small/default/evaluate/manifest.json))
	@$(if $(DATA_DIR),data="$(DATA_DIR)",name=$$("$(BIN)/reproduce" --manifest "$(MANIFEST)" --print-dataset) && \
	data=$$(SYNTH="$(BIN)/synth" scripts/data "$$name")) && \
	"$(BIN)/reproduce" --manifest "$(MANIFEST)" --data "$$data" --threads "$(THREADS)" $(if $(INTO),--into "$(INTO)") \
	  $(if $(ASSIGNMENTS),--assignments "$(ASSIGNMENTS)") $(if $(QUIET),--quiet)

$(ONE_PRESET): build
	@data=$$(SYNTH="$(BIN)/synth" scripts/data "$(DATASET)") && \
	$(MAKE) --no-print-directory -f scripts/pipeline.mk $@ DATA="$$data" BIN="$(BIN)" \
	  PRESET="$(PRESET)" SEED="$(SEED)" THREADS="$(THREADS)" $(if $(ASSIGNMENTS),ASSIGNMENTS="$(ASSIGNMENTS)") \
	  $(if $(IMPORT),IMPORT="$(IMPORT)") \
	  $(if $(ARTIFACTS),ARTIFACTS="$(ARTIFACTS)") $(if $(CONFIG),CONFIG="$(CONFIG)") $(if $(QUIET),QUIET="$(QUIET)") \
	  $(if $(MAX_MEMORY),MAX_MEMORY="$(MAX_MEMORY)") \
	  $(if $(SPACE),SPACE="$(SPACE)") $(if $(TRIALS),TRIALS="$(TRIALS)") $(if $(ANEW),ANEW="$(ANEW)") \
	  $(if $(SPLITS),SPLITS="$(SPLITS)") $(if $(ONLY),ONLY="$(ONLY)") $(if $(TOGETHER),TOGETHER="$(TOGETHER)") $(if $(SEEDS),SEEDS="$(SEEDS)") \
	  $(if $(FOR),FOR="$(FOR)") $(if $(USERS),USERS="$(USERS)") $(if $(OUT),OUT="$(OUT)") \
	  $(if $(filter command line environment,$(origin DATASET)),DATASET="$(DATASET)")

build: ## Build the release binaries
	@$(CARGO) build --release --locked $(if $(QUIET),--quiet)

data: build ## Find, download or generate the data set, and say where it is
	@SYNTH="$(BIN)/synth" scripts/data "$(DATASET)"

synth: build ## Generate data of a MovieLens set's size and tails: SCALE=1m 10m 20m 25m 32m, or more, such as 100m
	@"$(BIN)/synth" --scale "$(SCALE)" --out "data/synthetic-ml-$(SCALE)" --seed "$(SEED)" $(if $(QUIET),--quiet)

completions: build ## Shell completions to target/completions, manual pages to target/man
	@scripts/completions "$(BIN)" "$(dir $(BIN))"

test: ## Run all tests
	$(CARGO) $(TEST) --release --locked --workspace
	$(CARGO) test --release --locked --workspace --doc

# The Python environment of cluster/: nothing else here needs it.
PYTHON ?= python3
cluster/.venv/ready: cluster/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cluster-test: $(PYTHON) is too old, expected Python 3.11 or later; name another with PYTHON=" >&2; exit 2; }
	$(PYTHON) -m venv --clear cluster/.venv
	cluster/.venv/bin/pip install --quiet --disable-pip-version-check --requirement cluster/requirements.txt
	@touch $@

cluster-test: build cluster/.venv/ready ## Try cluster/ (the stages on Apache Spark): a master and two workers of its own, stopped at the end; SCALE=10m for a larger split
	@command -v java >/dev/null || { echo "cluster-test: no java, which Spark runs on: install Java 17 or later" >&2; exit 2; }
	@data=$$(SYNTH="$(BIN)/synth" scripts/data ml-latest-small) && data=$$(cd "$$data" && pwd) && bin=$$(cd "$(BIN)" && pwd) && cd cluster && \
	  PODIUM_BIN="$$bin" PODIUM_DATA="$$data" SCALE="$(if $(filter command line environment,$(origin SCALE)),$(SCALE),1m)" .venv/bin/python -m test $(TESTS)

lint: ## rustfmt, clippy and rustdoc without a warning; licences and advisories where cargo-deny is installed
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --locked --workspace --no-deps --document-private-items
	scripts/deny

clean: ## Remove the artifacts; data and binaries stay
	find artifacts -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +

help: ## This list
	@printf 'make [target] [VARIABLE=value ...]\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\n  PRESET       the folder of config/ that is used, one of $(sort $(notdir $(filter-out config/sweeps,$(wildcard config/*)))) (now: $(PRESET))\n'
	@printf '  DATASET      the name of the data set (now: $(DATASET))\n'
	@printf '  SCALE        synth: millions of ratings, for example 100m (now: $(SCALE)); cluster-test: those of its split (1m)\n'
	@printf '  DATA_DIR     a folder of raw data, or a CSV or Parquet file of ratings\n'
	@printf '  ASSIGNMENTS  a split made elsewhere: CSV or Parquet with row, split and optionally fold\n'
	@printf '  IMPORT       boosters that LightGBM trained elsewhere, in place of ours: for example "gb=model.txt"\n'
	@printf '  ARTIFACTS    the folder of this run (default: artifacts/<dataset>/<preset>)\n'
	@printf '  CONFIG       the folder of the configuration files (default: config/<preset>)\n'
	@printf '  SEED         the seed of all random draws (now: $(SEED))\n'
	@printf '  THREADS      threads of a stage, 0 for one a core; results do not depend on it (now: $(THREADS))\n'
	@printf '  SPLITS       ablation: how many splits of the training ratings (3)\n'
	@printf '  ONLY         ablation: only these base models and feature groups, for example "mf mood"\n'
	@printf '  SPACE        sweep: what is searched, one of $(sort $(wildcard config/sweeps/*.toml))\n'
	@printf '  TRIALS       sweep: how many trials in the end (30); ANEW=1 forgets those that are there\n'
	@printf '  SEEDS        all, seeds: several seeds, for example "1 2 3"\n'
	@printf '  A, B         compare: two runs, each the name of a preset or a folder\n'
	@printf '  RUNS         compare: two runs or more, against the first\n'
	@printf '  MANIFEST     reproduce: the manifest of the last stage to run again\n'
	@printf '  INTO         reproduce: a folder in which the run is made again and kept (a temporary one)\n'
	@printf '  PROTOCOL     compare: one protocol (every one that all runs have)\n'
	@printf '  METRIC, K    compare: the metric and its cut (ndcg, 10)\n'
	@printf '  FOR          recommend: a CSV file of own ratings, with the columns title (or movieId) and rating\n'
	@printf '  USERS        recommend: some users, for example "1 2"\n'
	@printf '  OUT          recommend with FOR or USERS: a Parquet file for the lists\n'
	@printf '  TOGETHER=1   ablation: those of ONLY all at once\n'
	@printf '  TESTS        cluster-test: some of the tests, for example "test_split test_faults"\n'
	@printf '  PYTHON       cluster-test: a Python of 3.11 or later (python3)\n'
	@printf '  MAX_MEMORY   the most memory that a stage may take, for example 4GiB (no limit)\n'
	@printf '  QUIET=1      print warnings and errors only\n'
