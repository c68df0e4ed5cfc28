# The front door: `make run` and `make test` do everything on a fresh Debian 12 (root or sudo).
BUILD ?= build
SITE ?= $(BUILD)/site
PORT ?= 8080
export SANZHI_RULEBOOK := $(CURDIR)/rulebook
export SANZHI_TEMPLATES := $(CURDIR)/web/templates
export SANZHI_ASSETS := $(abspath $(BUILD))/assets

.PHONY: run test check bench fuzz build deps assets demo lint clean install sanitize

run: demo
	$(BUILD)/src/cli/sanzhi serve --site $(SITE) --listen 127.0.0.1:$(PORT)

demo: build
	@test -f $(SITE)/demo.json || { rm -rf $(SITE) && $(BUILD)/src/cli/sanzhi demo --site $(SITE) --base-url http://127.0.0.1:$(PORT); }
	@$(BUILD)/src/cli/sanzhi demo --site $(SITE) --logins

build: deps assets $(BUILD)/build.ninja
	@meson compile -C $(BUILD)

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) .

# What is missing is installed; nothing is asked of the network when all is there.
deps:
	@tools/deps.sh

assets: deps
	@tools/assets.sh $(BUILD)/assets

# Everything: units, cases, flows on both engines, browsers, faults, the fuzzers' corpora, and the sanitizers.
test: build
	@tools/test.sh all $(BUILD)

# The fast part.
check: build
	@tools/test.sh fast $(BUILD)

sanitize: deps
	@tools/test.sh sanitize $(BUILD)-asan

bench: build
	@tools/bench.sh $(BUILD)

fuzz: deps
	@tools/fuzz.sh $(BUILD)-fuzz

lint:
	@tools/lint.py

install: build
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz
