# The graph of the stages. Run by the Makefile, which hands in DATA (the raw data's folder or file), BIN, PRESET and the rest.
#
# A stage's target is its manifest, which the stage writes last. It depends on the manifests of the stages that it reads, and on
# stamps of its own code, of its own configuration and of the arguments; a stamp is replaced only where its content differs
# (crates/stamps), so that an edited comment or a rebuilt binary reruns nothing.

COMMA := ,
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
ONE_LIST := $(FOR)$(USERS)

DATASET ?= $(notdir $(patsubst %/,%,$(if $(wildcard $(DATA)/.),$(DATA),$(firstword $(subst ., ,$(DATA))))))
ARTIFACTS ?= artifacts/$(DATASET)/$(PRESET)
CONFIG ?= config/$(PRESET)
STAMPS := $(ARTIFACTS)/.stamps
RAW := $(if $(wildcard $(DATA)/.),$(wildcard $(DATA)/*.csv $(DATA)/*.dat $(DATA)/*.parquet $(DATA)/*.gz $(DATA)/u.*),$(DATA))

manifest = $(ARTIFACTS)/$(1)/manifest.json
stamps = $(STAMPS)/$(1).code $(STAMPS)/$(1).config $(STAMPS)/all.arguments
run = "$(BIN)/$(1)" $(if $(filter recommend,$(1)),$(if $(wildcard $(CONFIG)/recommend.toml),--config "$(CONFIG)/recommend.toml"),--config "$(CONFIG)/$(1).toml") --artifacts "$(ARTIFACTS)" --seed $(SEED) --threads $(THREADS) \
  $(if $(MAX_MEMORY),--max-memory "$(MAX_MEMORY)") $(if $(QUIET),--quiet)

STAGES := split train-base build-features train-meta evaluate $(if $(ONE_LIST),,recommend)
.PHONY: $(STAGES)
.DELETE_ON_ERROR:
$(foreach stage,$(STAGES),$(eval $(stage): $(call manifest,$(stage)); @$(if $(QUIET),:,echo "$(stage): up to date in $(ARTIFACTS)/$(stage)")))

$(call manifest,split): $(call stamps,split) $(RAW) $(ASSIGNMENTS)
	@$(call run,split) --data "$(DATA)" --dataset "$(DATASET)" --preset "$(PRESET)" \
	  $(if $(ASSIGNMENTS),--assignments "$(ASSIGNMENTS)")

$(call manifest,train-base): $(call manifest,split) $(call stamps,train-base)
	@$(call run,train-base)

$(call manifest,build-features): $(call manifest,train-base) $(call stamps,build-features)
	@$(call run,build-features)

# IMPORT holds KEY=FILE words: the files are what the stage depends on besides.
$(call manifest,train-meta): $(call manifest,build-features) $(call stamps,train-meta) $(STAMPS)/train-meta.arguments \
  $(foreach import,$(IMPORT),$(word 2,$(subst =, ,$(import))))
	@$(call run,train-meta) $(foreach import,$(IMPORT),--import "$(import)")

$(call manifest,evaluate): $(call manifest,train-meta) $(call stamps,evaluate)
	@$(call run,evaluate)

$(call manifest,recommend): $(call manifest,train-meta) $(call stamps,recommend)
	@$(call run,recommend)

# Lists of some users, or of people with ratings of their own: printed, and written where OUT says; the stage's folder stays as it is.
ifneq ($(ONE_LIST),)
.PHONY: recommend
recommend: $(call manifest,train-meta)
	@$(call run,recommend) $(if $(FOR),--for-ratings "$(FOR)") $(if $(USERS),--users "$(subst $(SPACE),$(COMMA),$(strip $(USERS)))") \
	  $(if $(OUT),--out "$(OUT)")
endif

# Does any feature depend on a label that it may not see? Exit code 1 where one does.
.PHONY: audit
audit: $(call manifest,build-features)
	@"$(BIN)/audit" --artifacts "$(ARTIFACTS)" --threads $(THREADS) $(if $(QUIET),--quiet)

# What is each base model and feature group worth, and what does it cost? On the training ratings alone.
.PHONY: ablation
ablation: $(call manifest,evaluate)
	@"$(BIN)/ablation" --artifacts "$(ARTIFACTS)" --seed $(SEED) --threads $(THREADS) $(if $(SPLITS),--splits $(SPLITS)) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(TOGETHER),--together) $(if $(QUIET),--quiet)

# Better hyper-parameters, searched on the training ratings alone; goes on where it was stopped.
.PHONY: sweep
sweep: $(call manifest,evaluate)
	@$(if $(SPACE),,$(error sweep takes SPACE=config/sweeps/booster.toml))"$(BIN)/sweep" --artifacts "$(ARTIFACTS)" --space "$(SPACE)" \
	  --seed $(SEED) --threads $(THREADS) $(if $(TRIALS),--trials $(TRIALS)) $(if $(ANEW),--anew) $(if $(QUIET),--quiet)

# The preset over several seeds, each in a folder of its own, then all of them together.
.PHONY: seeds
seeds:
	@$(if $(SEEDS),,$(error seeds takes SEEDS="1 2 3"))$(foreach seed,$(SEEDS),$(MAKE) --no-print-directory \
	  -f $(firstword $(MAKEFILE_LIST)) evaluate SEED=$(seed) SEEDS= ARTIFACTS="$(ARTIFACTS)/seeds/$(seed)" QUIET=1 &&) \
	  "$(BIN)/seeds" $(foreach seed,$(SEEDS),"$(ARTIFACTS)/seeds/$(seed)")

# The stamps are looked at before every run, while make reads this file, so that it compares their times of now.
unchanged := $(shell "$(BIN)/stamps" --config "$(CONFIG)" --artifacts "$(ARTIFACTS)" \
  --arguments "data=$(DATA) dataset=$(DATASET) preset=$(PRESET) seed=$(SEED) assignments=$(ASSIGNMENTS)" \
  --arguments-of "train-meta=import=$(IMPORT)" || echo failed)
ifneq ($(unchanged),)
$(error the stamps could not be written)
endif
