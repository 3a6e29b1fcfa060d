# Two commands for a newcomer: `make run` and `make test`. Both set up everything they need in .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# On a Raspberry Pi the system's own Python is used, because apt's picamera2, libcamera and lgpio belong to it.
ON_A_PI := $(shell grep -qs 'Raspberry Pi' /proc/device-tree/model && echo yes)
PYTHON ?= $(if $(ON_A_PI),/usr/bin/python3,python3)
BIN := .venv/bin
export PYTHON

# Tests use no real screen, loudspeaker or pin, whatever this machine has.
TEST_ENV := SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy GPIOZERO_PIN_FACTORY=mock PYGAME_HIDE_SUPPORT_PROMPT=1

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

.venv/.installed: requirements-dev.lock pyproject.toml
	@systemd/packages.sh run
	$(PYTHON) -m venv $(if $(ON_A_PI),--system-site-packages) .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

.PHONY: setup
setup: .venv/.installed ## set up .venv (the other targets do it themselves)

.PHONY: models
models: setup ## fetch the models that look at a face, once, for tests and bench (the targets do it themselves)
	@$(BIN)/kiosk models --to build/models || echo "What needs them will say so."

.PHONY: people
people: setup ## fetch the films and photographs of real people, once, for the slow tests and bench-people
	@$(BIN)/python -m tests.bench.face.people || echo "What needs them will say so."

build/readers/.venv/.installed: tests/readers/readers.lock tests/readers/package-lock.json
	@systemd/packages.sh readers
	$(PYTHON) -m venv build/readers/.venv
	build/readers/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	cp tests/readers/package.json tests/readers/package-lock.json build/readers/
	npm ci --prefix build/readers --omit=optional --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.PHONY: readers
readers: setup build/readers/.venv/.installed ## what other programs see of a package, as a table: writes docs/readers.md (some minutes)
	$(TEST_ENV) $(BIN)/python -m pytest --figures docs/figures.json tests/readers
	$(TEST_ENV) $(BIN)/python -m tests.setup.reference docs

.PHONY: run
run: setup ## the kiosk in a window; without a screen, a demo of whole days in demo-output/
	@$(BIN)/kiosk models || echo "The kiosk starts without them and says so."
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
		echo "kiosk run --window"; exec $(BIN)/kiosk run --window; \
	else \
		echo "There is no screen here, so: kiosk demo --out demo-output"; exec $(BIN)/kiosk demo --out demo-output; \
	fi

.PHONY: test
test: setup models ## the tests, on all cores (a few minutes)
	@systemd/packages.sh test
	$(TEST_ENV) $(BIN)/python -m pytest -m "not slow and not device" --numprocesses auto --dist worksteal

.PHONY: test-random
test-random: setup models ## the property tests, with many examples that nobody has tried yet (half an hour)
	@systemd/packages.sh test
	$(TEST_ENV) $(BIN)/python -m pytest -m "not device" --hypothesis-profile random --numprocesses auto --dist worksteal \
		$$(grep -rlE '^from hypothesis' tests --include='test_*.py')

build/spark/.venv/.installed: tests/warehouse/spark.lock
	$(PYTHON) -m venv build/spark/.venv
	build/spark/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: spark
spark: build/spark/.venv/.installed ## an environment with Spark, for the slow tests (they do it themselves); needs Java 17

.PHONY: test-slow
test-slow: setup models people spark build/readers/.venv/.installed ## the long fault, fuzz and kill runs, on all cores
	@systemd/packages.sh test-slow
	$(TEST_ENV) $(BIN)/python -m pytest -m "slow and not device" --numprocesses auto --dist worksteal

.PHONY: test-all
test-all: check test test-slow ## everything that CI runs

.PHONY: device-test
device-test: setup ## as root: the product installed in a virtual device, switched on, used, broken (an hour)
	@for purpose in deb device; do systemd/packages.sh $$purpose; done
	$(TEST_ENV) $(BIN)/python -m pytest -m "device and not arm$(if $(DEVICE_SHORT), and short)" -o faulthandler_timeout=3600 $(DEVICE_OPTIONS) tests/device

.PHONY: arm-test
arm-test: setup models ## as root: the package on an emulated Raspberry Pi, then the tests on aarch64 (an hour or two)
	@for purpose in deb arm; do systemd/packages.sh $$purpose; done
	$(TEST_ENV) $(BIN)/python -m pytest -m "device and arm" -o faulthandler_timeout=3600 $(ARM_OPTIONS) tests/device/arm
	tests/device/arm/suite.sh build/device/arm-suite $(ARM_PLACES)

.PHONY: check
check: setup ## ruff, ruff format and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: soak
soak: setup models ## a day of sessions, exports and faults in some minutes (SOAK_HOURS=24 SEED=1); writes build/soak.md
	$(TEST_ENV) $(BIN)/python -m tests.soak build

.PHONY: faults
faults: setup models ## run the tests of docs/faults.md, keep the figures that they find, write the page; half an hour or so
	@systemd/packages.sh test-slow
	$(TEST_ENV) $(BIN)/python -m pytest --figures docs/figures.json \
		$$($(BIN)/python -c 'from tests.setup.faults import with_figures; print(*with_figures())')
	$(TEST_ENV) $(BIN)/python -m tests.setup.reference docs

.PHONY: bench
bench: setup models ## is this machine fast enough, and is today's build faster than f456959? writes build/bench.json (ONLY="demo")
	@mkdir -p build
	$(TEST_ENV) $(BIN)/python -m tests.bench build/bench.json $(ONLY)

.PHONY: bench-warehouse
bench-warehouse: setup ## how fast is a clinic's database published, with how much memory? some minutes; writes docs/many-kiosks.md
	$(TEST_ENV) $(BIN)/python -m tests.warehouse.bench

.PHONY: bench-face
bench-face: setup models ## how well does it see drawn people? some minutes; writes docs/face-accuracy.md and build/face.json
	$(TEST_ENV) $(BIN)/python -m tests.bench.face

.PHONY: bench-people
bench-people: setup models people ## how well does it see real people? writes what stands before the bars of docs/face-accuracy.md
	$(TEST_ENV) $(BIN)/python -m tests.bench.face --people

.PHONY: mutants
mutants: setup models ## do the tests notice faults? an hour or so, goes on where it ended; writes docs/mutants.md
	$(BIN)/python -m tests.mutants $(MUTANTS_OPTIONS)

.PHONY: findings
findings: ## do other people's tools still behave as it was found? needs a network; nothing stays installed
	@bad=0; for finding in findings/*.sh; do \
		echo "$$finding"; code=0; sh "$$finding" || code=$$?; \
		case $$code in 0) echo "  holds";; 1) echo "  HAS CHANGED"; bad=1;; *) echo "  could not be run"; bad=1;; esac; \
	done; exit $$bad

.PHONY: docs
docs: setup ## write the pages of docs/ that are made from the program
	$(TEST_ENV) $(BIN)/python -m tests.setup.reference docs

.PHONY: pictures
pictures: setup ## take the pictures of the README from the demo anew
	$(TEST_ENV) $(BIN)/python -m assets.tools.pictures

build/voice/.venv/.installed: assets/tools/speak.lock
	@systemd/packages.sh voice
	$(PYTHON) -m venv build/voice/.venv
	build/voice/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

KOKORO_STYLES := kokoro-js-1.2.1
build/voice/kokoro-js/LICENSE:
	@systemd/packages.sh voice
	mkdir -p build/voice/kokoro-js
	cd build/voice && npm pack --silent $(subst js-,js@,$(KOKORO_STYLES))
	cd build/voice && echo "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860  $(KOKORO_STYLES).tgz" | sha256sum --check --quiet
	tar -xzmf build/voice/$(KOKORO_STYLES).tgz --strip-components=1 -C build/voice/kokoro-js package/voices package/LICENSE
	rm build/voice/$(KOKORO_STYLES).tgz

.PHONY: voice
voice: setup build/voice/.venv/.installed build/voice/kokoro-js/LICENSE ## render the prompts whose words or voice changed (VOICE_LANGUAGES="en de"), and the tones
	$(BIN)/python -m assets.tools.render_voice $(VOICE_LANGUAGES)

.PHONY: voice-read
voice-read: setup build/voice/.venv/.installed ## have the voice read back by recognisers inside packages, then make docs (VOICE_LANGUAGES="en de")
	$(BIN)/python -m assets.tools.read_voice $(VOICE_READ_OPTIONS) $(VOICE_LANGUAGES)
	$(MAKE) docs

.PHONY: voice-session
voice-session: setup ## lead a whole session in each language with the real voice, and hold its sound against the plan; 15 minutes
	$(TEST_ENV) SESSION_SOUND=$${SESSION_SOUND:-live} $(BIN)/python -m pytest -m slow --figures docs/figures.json tests/voice/test_session_sound.py
	$(MAKE) docs

build/uv/bin/uv:
	$(PYTHON) -m venv build/uv
	build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.PHONY: sbom
sbom: ## the parts of the kiosk as a CycloneDX list, build/sbom.cdx.json; needs the network for its tool
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	build/sbom/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON \
		--output-file build/sbom.cdx.json requirements.lock

.PHONY: lock
LOCK := build/uv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_OPTIONS)
lock: build/uv/bin/uv ## renew the lock files (LOCK_OPTIONS=--upgrade for the newest versions); needs the network
	$(LOCK) --extra build --output-file requirements.lock pyproject.toml
	$(LOCK) --extra dev --extra clinic --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --output-file assets/tools/speak.lock assets/tools/speak.in
	$(LOCK) --output-file tests/readers/readers.lock tests/readers/readers.in
	$(LOCK) --output-file tests/warehouse/spark.lock tests/warehouse/spark.in

.PHONY: deb offline deb-test
DEB_ARCH ?= amd64 arm64
deb: ## build/deb: the package for each processor of DEB_ARCH, without root or emulation (some minutes each: it is packed small)
	@systemd/packages.sh deb
	@for arch in $(DEB_ARCH); do systemd/deb/package.sh $$arch; done
offline: ## build/offline: for each processor of DEB_ARCH a folder that installs the kiosk without a network
	@systemd/packages.sh offline
	@for arch in $(DEB_ARCH); do \
		[ -e build/deb/facial-rehab-kiosk_$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' kiosk/__init__.py)_$$arch.deb ] || systemd/deb/package.sh $$arch; \
		systemd/deb/offline.sh $$arch; \
	done

deb-test: setup ## as root: install, upgrade, remove and purge the package in a Debian 13 of its own, the network cut; some minutes
	@systemd/packages.sh deb-test
	DEB_TEST=1 $(TEST_ENV) $(BIN)/python -m pytest -m slow -s tests/setup/test_deb.py

.PHONY: install uninstall
install: ## as root on Debian 13 or Raspberry Pi OS: make this machine a kiosk (DEB=FILE: from that package)
	@systemd/install.sh
uninstall: ## as root: stop being a kiosk (what was recorded stays)
	@systemd/uninstall.sh

.PHONY: clean
clean: ## remove what can be made again
	rm -rf .venv build dist demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
