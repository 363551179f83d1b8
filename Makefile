# Podium: ratings to ranked recommendations, as five stages. `make help` lists the targets.
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
STAGES := split train-base build-features train-meta evaluate
CARGO ?= cargo
# cargo-nextest where it is there, cargo's own runner where it is not; asked only where a recipe needs to know.
TEST = $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo "nextest run" || echo "test")

.DEFAULT_GOAL := all
.PHONY: all $(STAGES) audit ablation data build test lint fmt doc clean distclean help

all: evaluate ## Run every stage that is not up to date

split: ## Stage 1: read the raw ratings, say which part and fold each falls in
train-base: ## Stage 2: fit the base recommenders
build-features: ## Stage 3: base scores and statistics to feature tables
train-meta: ## Stage 4: fit the meta-models
evaluate: ## Stage 5: score the test rows, measure, draw, write the report
audit: ## Prove that no feature depends on a label that it may not see; fails where one does
ablation: ## What each base model and feature group is worth, and what it costs: a table, in minutes

$(STAGES) audit ablation: build
	@data=$$(SYNTH="$(BIN)/synth" scripts/data "$(DATASET)") && \
	$(MAKE) --no-print-directory -f scripts/pipeline.mk $@ DATA="$$data" BIN="$(BIN)" \
	  PRESET="$(PRESET)" SEED="$(SEED)" THREADS="$(THREADS)" $(if $(ASSIGNMENTS),ASSIGNMENTS="$(ASSIGNMENTS)") \
	  $(if $(ARTIFACTS),ARTIFACTS="$(ARTIFACTS)") $(if $(CONFIG),CONFIG="$(CONFIG)") $(if $(QUIET),QUIET="$(QUIET)") \
	  $(if $(SPLITS),SPLITS="$(SPLITS)") $(if $(ONLY),ONLY="$(ONLY)") $(if $(TOGETHER),TOGETHER="$(TOGETHER)") \
	  $(if $(filter command line environment,$(origin DATASET)),DATASET="$(DATASET)")

build: ## Build the release binaries
	@$(CARGO) build --release --locked $(if $(QUIET),--quiet)

data: build ## Find, download or generate the data set, and say where it is
	@SYNTH="$(BIN)/synth" scripts/data "$(DATASET)"

test: ## Run all tests
	$(CARGO) $(TEST) --release --locked --workspace
	$(CARGO) test --release --locked --workspace --doc

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
	@printf '\n  PRESET       default or notebook: the folder of config/ that is used (now: $(PRESET))\n'
	@printf '  DATASET      the name of the data set (now: $(DATASET))\n'
	@printf '  DATA_DIR     a folder of raw data, or a CSV or Parquet file of ratings\n'
	@printf '  ASSIGNMENTS  a split made elsewhere: CSV or Parquet with row, split and optionally fold\n'
	@printf '  ARTIFACTS    the folder of this run (default: artifacts/<dataset>/<preset>)\n'
	@printf '  CONFIG       the folder of the configuration files (default: config/<preset>)\n'
	@printf '  SEED         the seed of all random draws (now: $(SEED))\n'
	@printf '  THREADS      threads of a stage, 0 for one a core; results do not depend on it (now: $(THREADS))\n'
	@printf '  SPLITS       ablation: how many splits of the training ratings (3)\n'
	@printf '  ONLY         ablation: only these base models and feature groups, for example "mf mood"\n'
	@printf '  TOGETHER=1   ablation: those of ONLY all at once\n'
	@printf '  QUIET=1      print warnings and errors only\n'
