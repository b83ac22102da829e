# Nanogridata. `make run` and `make test` are all that a fresh machine needs.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
FLEET ?= 100

release = .build/release/nanogridata
# With Swift's libraries inside: an installed gateway needs no toolchain on its machine.
release_options = -c release --product nanogridata
ifeq ($(shell uname -s),Linux)
release_options += --static-swift-stdlib
endif
swift_sources = Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift Fuzz/Sources \
	Fuzz/Package.swift

.PHONY: run build test chaos fuzz sanitize timing bench lint format install uninstall smoke clean dependencies

## Builds a release and starts the console with embedded receivers and a simulated fleet.
run: build
	@$(release) console --embedded --fleet $(FLEET)

build: dependencies
	@$(SWIFT) build $(release_options)

## Runs every test, one after the other: those with real processes and clocks need the processors.
test:
	@scripts/dependencies.sh --test
	@$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" scripts/test.sh

## Measures against the figures in docs/performance.md; ratios within one run.
bench: build
	@Benchmarks/run.sh

## Kills a gateway hundreds of times while its receiver misbehaves, fills its disk (which takes the
## right to mount) and damages its journal, simulates thousands of histories more, and looks for what
## is lost. NANOGRIDATA_SEED=N repeats one, NANOGRIDATA_KILLS=N and NANOGRIDATA_SEEDS=N set how many.
chaos:
	@$(SWIFT) build --build-tests
	@NANOGRIDATA_KILLS=$${NANOGRIDATA_KILLS:-200} $(SWIFT) test --skip-build --no-parallel \
		--filter "KillTests|FullDiskTests|DamagedJournalTests"
	@NANOGRIDATA_SEEDS=$${NANOGRIDATA_SEEDS:-10000} $(SWIFT) test --skip-build --no-parallel \
		--filter "JournalSimulationTests|DeliverySimulationTests"

## Lets libFuzzer look for bytes that trap, or that are judged in two ways: ten minutes for each of the
## programs in Fuzz, or FUZZ_SECONDS.
fuzz:
	@Fuzz/run.sh $${FUZZ_SECONDS:-600}

## Runs every test under the address sanitizer, then under the thread sanitizer. Each needs a build of its
## own, and several times the time of `make test`; FILTER chooses tests.
sanitize:
	@for kind in address thread; do \
		SWIFT="$(SWIFT)" scripts/sanitize.sh $$kind "$${FILTER:-.}" || exit 1; \
	done

## Looks whether the time in which a MAC is refused tells how near it was (dudect's method), in a million
## samples each.
timing:
	@cd Benchmarks && $(SWIFT) run -c release TimingTest

## Starts a release in the background, sends it a fleet, asks its API, stops it.
smoke: build
	@scripts/smoke.sh $(release)

lint:
	@$(SWIFT) format lint --strict --recursive $(swift_sources)

format:
	@$(SWIFT) format --in-place --recursive $(swift_sources)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/nanogridata/themes" \
		"$(DESTDIR)$(PREFIX)/share/nanogridata/wireshark"
	install -m 0755 $(release) "$(DESTDIR)$(PREFIX)/bin/nanogridata"
	install -m 0644 themes/*.theme "$(DESTDIR)$(PREFIX)/share/nanogridata/themes/"
	install -m 0644 deploy/wireshark/nanogridata.lua "$(DESTDIR)$(PREFIX)/share/nanogridata/wireshark/"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/nanogridata"
	rm -rf "$(DESTDIR)$(PREFIX)/share/nanogridata"

clean:
	$(SWIFT) package clean

dependencies:
	@scripts/dependencies.sh
