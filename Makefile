# llmbench: `make`, `make check`, `make install PREFIX=/usr/local`. GNU make 3.81 or newer, gcc or clang.
#
#   all            ./llmbench and ./llmbench-sim
#   check          everything below that needs no special tool: unit, tests, headers, format-check, and unit once
#                  more under AddressSanitizer and UndefinedBehaviorSanitizer
#   unit           programs of tests/unit
#   tests          whole commands: tests/*.t (layering and style among them)
#   fuzz           inputs made up for the targets of tests/fuzz, FUZZ_SECONDS=60 each, by clang's libFuzzer; `unit`
#                  tries those that are kept
#   tsan           what has threads, under ThreadSanitizer
#   valgrind       programs of tests/unit but for a few, and a whole run, under valgrind
#   coverage       unit and tests in a build of their own, and which lines of src/ they ran: at least 90 %
#   bench          programs of tests/bench: the tool's own speed and error, beside others; writes results/bench.md
#   browser        the HTML page in a real browser, where Chromium and python3 are installed
#   headers        each header compiles alone
#   format-check   sources are as .clang-format says
#   lint           clang-tidy and shellcheck
#   install        programs, manual page and example matrices under $(DESTDIR)$(PREFIX); uninstall removes them
#
# Knobs: CC, CFLAGS, CPPFLAGS, LDFLAGS, OPT, SAN=address,undefined, BUILD=folder, BIN=folder/ (where the programs go),
# ROOMS, UNITS, TESTS, JOBS (tests that run side by side), CHECK_SAN (check's sanitizers, none if empty). A cross build sets
# SYSTEM, PACKAGES= (look for none), PACKAGE_CFLAGS, LIBS, SIM_LIBS.

CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
BIN ?=
SYSTEM := $(shell uname -s | tr A-Z a-z)
OPT ?= -O2 -g
SAN ?=
COVERAGE ?=
CHECK_SAN ?= address,undefined
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
PROVE ?= prove
export PATH := $(PATH):/usr/bin/core_perl# where Arch Linux has prove
CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
PKG_CONFIG ?= pkg-config

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
COVERAGEFLAGS := $(if $(COVERAGE),--coverage -fprofile-update=prefer-atomic)
FEATURES_linux := -D_GNU_SOURCE
FEATURES_darwin := -D_DARWIN_C_SOURCE

# Libraries. Homebrew keeps its own curl out of the way ("keg-only"), and macOS's curl and zlib have no .pc file.
BREW := $(if $(filter darwin,$(SYSTEM)),$(shell brew --prefix 2>/dev/null))
BREW_PATH := $(if $(BREW),$(BREW)/opt/curl/lib/pkgconfig:$(BREW)/lib/pkgconfig:)
pkg_config = $(shell PKG_CONFIG_PATH="$(BREW_PATH)$$PKG_CONFIG_PATH" $(PKG_CONFIG) $(1) 2>/dev/null)
CURL_PACKAGE := $(if $(filter linux,$(SYSTEM))$(call pkg_config,--modversion libcurl),libcurl)
ZLIB_PACKAGE := $(if $(filter linux,$(SYSTEM))$(call pkg_config,--modversion zlib),zlib)
BENCH_PACKAGES := $(CURL_PACKAGE) $(ZLIB_PACKAGE) libcjson yaml-0.1
SIM_PACKAGES := libevent_core libevent_extra libcjson
PACKAGES := $(sort $(BENCH_PACKAGES) $(SIM_PACKAGES))
PACKAGE_CFLAGS := $(call pkg_config,--cflags $(PACKAGES))
LIBS := $(call pkg_config,--libs $(BENCH_PACKAGES)) $(if $(CURL_PACKAGE),,-lcurl) $(if $(ZLIB_PACKAGE),,-lz) $(if $(filter linux,$(SYSTEM)),-ldl) -lpthread -lm
SIM_LIBS := $(call pkg_config,--libs $(SIM_PACKAGES)) -lpthread -lm

PREPROCESS := -Iinclude -Isrc $(FEATURES_$(SYSTEM)) $(PACKAGE_CFLAGS) $(CPPFLAGS)
COMPILE := $(CC) -std=c11 $(OPT) $(WARN) $(SANFLAGS) $(COVERAGEFLAGS) $(CFLAGS)
VERSION := $(or $(if $(wildcard .git),$(shell git describe --tags --always --dirty 2>/dev/null)),unknown (built without git))

# The rooms of llmbench, from the lowest floor up; a test may name fewer.
ROOMS ?= base core plot document machine load target workload server plan store calibrate run report compare cli
OTHER_SYSTEM := $(if $(filter linux,$(SYSTEM)),darwin,linux)
room_sources = $(filter-out %_$(OTHER_SYSTEM).c,$(wildcard src/$(1)/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
SOURCES := $(foreach r,$(ROOMS),$(call room_sources,$(r)))
SIM_SOURCES := $(call room_sources,sim) $(filter-out src/base/yaml%.c src/base/deflate.c,$(call room_sources,base))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(filter-out %_$(OTHER_SYSTEM).c,$(wildcard tests/unit/test_*.c)))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(filter-out %_$(OTHER_SYSTEM).c,$(wildcard tests/bench/*.c)))
# A driver library of NVIDIA.
NVML := $(if $(filter linux,$(SYSTEM)),$(BUILD)/fake/usr/lib/libnvidia-ml.so.1)
# What makes calls of the system fail; a sanitizer has to be the first that stands in front of them.
SHORTAGE := $(if $(filter linux,$(SYSTEM)),$(if $(SAN),,$(BUILD)/fake/shortage.so))
PROGRAMS := LLMBENCH='$(abspath $(BIN)llmbench)' LLMBENCH_SIM='$(abspath $(BIN)llmbench-sim)' \
	SHORTAGE_LIBRARY='$(abspath $(SHORTAGE))' NVML_LIBRARY='$(abspath $(NVML))'
# What sanitizers find is looked for in every process.
SANITIZED := $(if $(SAN),./scripts/sanitized '$(abspath $(BUILD))/finding')
TESTS ?= $(wildcard tests/*.t)
COVERED := COVERAGE=1 OPT='-O1 -g' BUILD='$(BUILD)-cov' BIN='$(BUILD)-cov/'
# What has threads: sensors, the search for a bandwidth, and the servers that tests talk to.
THREADED_UNITS := $(filter-out %_$(OTHER_SYSTEM),fake_mach load load_bytes load_follow load_hostile load_loops \
	roofline sampler ticker watch_linux)
THREADED_TESTS := tests/sensors.t tests/doctor.t tests/conditions.t
THREADED := SAN=thread BUILD='$(BUILD)-tsan' BIN='$(BUILD)-tsan/'
# Left out: what measures time, which valgrind stretches; what looks at processes and descriptors of its own, some of
# which are valgrind's; a child that ends in the middle, which it takes for leaks; programs that cannot be started, since it
# does not pass on why; and what would take minutes.
NOT_IN_VALGRIND := awake_linux calibrate definitions_load load_loops load_parts sampler_cost_linux sensors_linux server store_resume \
	compare_power comparison definitions ollama_hostile openai_decode
VALGRIND ?= valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,possible --error-exitcode=99
C_FILES = $(shell find src include tests -name '*.[ch]' | LC_ALL=C sort)

all: $(BIN)llmbench $(BIN)llmbench-sim

$(BIN)llmbench: $(BUILD)/src/main.o $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)
$(BIN)llmbench-sim: $(BUILD)/src/sim/main.o $(BUILD)/llmbench-sim.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(SIM_LIBS)
$(BUILD)/llmbench.a: $(call objects,$(SOURCES))
$(BUILD)/support.a: $(call objects,$(wildcard tests/support/*.c))
$(BUILD)/fuzz.a: $(call objects,$(filter-out tests/fuzz/fuzz_% tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
$(BUILD)/llmbench-sim.a: $(call objects,$(filter-out src/sim/main.c,$(SIM_SOURCES)))
$(BUILD)/%.a:
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(PREPROCESS) $(DEFINE) -MMD -MP -c -o $@ $<

# One object of each program knows the version, so that a commit does not compile everything.
$(BUILD)/src/main.o $(BUILD)/src/sim/main.o: DEFINE := -DLLMBENCH_VERSION='"$(VERSION)"'
$(BUILD)/src/main.o $(BUILD)/src/sim/main.o: $(BUILD)/version

# The HTML page's style and script are files of their own; the program holds each line of them as a string of C.
PAGE := $(BUILD)/page.css.lines $(BUILD)/page.js.lines
$(BUILD)/src/document/page.o: DEFINE := -I$(BUILD)
$(BUILD)/src/document/page.o: $(PAGE)
$(BUILD)/%.lines: src/document/%
	@mkdir -p $(@D)
	sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n",/' $< >$@

# Children that end without exit() write down what they ran, too.
ifneq ($(COVERAGE),)
$(BUILD)/src/server/keep.o $(BUILD)/src/calibrate/truth.o: DEFINE := -D_exit=coverage_exit
$(BUILD)/llmbench.a: $(BUILD)/tests/coverage/exit.o
endif

# Our own Mach, so that what reads the real one runs everywhere.
$(BUILD)/tests/unit/test_fake_%.o: PREPROCESS := -Itests/fake $(PREPROCESS)

# These files change only when what they hold changes: then what depends on them is made again.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(COMPILE) $(PREPROCESS)' | cmp -s - $@ || echo '$(COMPILE) $(PREPROCESS)' >$@
$(BUILD)/version: FORCE
	@mkdir -p $(@D); echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

# A unit test is one file of tests/unit that speaks TAP (tests/unit/tap.h). test_sim_* link the simulator, others the
# rooms; what several tests share is in tests/support.
$(BUILD)/unit/test_sim_%: $(BUILD)/tests/unit/test_sim_%.o $(BUILD)/support.a $(BUILD)/llmbench-sim.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(SIM_LIBS)
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/support.a $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/support.a $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)
# A fuzz target: with what replays its corpus, or with FUZZ_MAIN= with the main of libFuzzer.
FUZZ_MAIN ?= $(BUILD)/tests/fuzz/replay.o
$(BUILD)/tests/fuzz/%.o: PREPROCESS := -Itests $(PREPROCESS)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/fuzz.a $(FUZZ_MAIN) $(BUILD)/support.a $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)
$(BUILD)/unit/test_nvidia_linux: | $(NVML)
$(BUILD)/fake/usr/lib/libnvidia-ml.so.1: tests/fake/nvml/nvml.c include/base/text.h src/machine/nvml.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(PREPROCESS) -shared -fPIC -o $@ $<
$(BUILD)/fake/shortage.so: $(wildcard tests/fake/shortage/*) $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) $(PREPROCESS) -Itests/fake/shortage -shared -fPIC -o $@ $(filter %.c,$^) -ldl
$(BUILD)/browser/%: $(BUILD)/tests/browser/%.o $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)
# The comparison with other clients has more than one file.
$(BUILD)/bench/speed_linux: $(call objects,tests/bench/speed_linux.c $(wildcard tests/bench/speed/*.c)) \
		$(BUILD)/support.a $(BUILD)/llmbench.a
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(LDFLAGS) $(LIBS)

check:
	$(MAKE) all
	$(MAKE) unit
	$(MAKE) tests
	$(MAKE) headers
	$(MAKE) format-check
	$(if $(CHECK_SAN),$(MAKE) check-san)
check-san:
	@mkdir -p $(BUILD)-san; echo 'int main(void) { return 0; }' >$(BUILD)-san/probe.c; \
	if $(CC) -fsanitize=$(CHECK_SAN) -o $(BUILD)-san/probe $(BUILD)-san/probe.c && $(BUILD)-san/probe; then \
		$(MAKE) unit BUILD=$(BUILD)-san SAN=$(CHECK_SAN); \
	else echo "check: skipped: $(CC) cannot build with -fsanitize=$(CHECK_SAN) here"; fi
unit: $(UNITS) $(FUZZERS)
	$(SANITIZED) $(PROVE) -j$(JOBS) $(UNITS) $(FUZZERS)
fuzzers: $(FUZZERS)
fuzz:
	./scripts/fuzz "$(MAKE)"
tests: all $(SHORTAGE) $(NVML)
	$(PROGRAMS) $(SANITIZED) $(PROVE) -j$(JOBS) --exec bash $(TESTS)
coverage:
	@mkdir -p $(BUILD)-cov; find $(BUILD)-cov -name '*.gcda' -exec rm {} +
	$(MAKE) unit $(COVERED)
	$(MAKE) tests $(COVERED)
	./scripts/coverage $(BUILD)-cov
tsan: export TSAN_OPTIONS := suppressions=$(abspath tests/tsan.supp)
tsan:
	$(MAKE) unit $(THREADED) FUZZERS= UNITS='$(THREADED_UNITS:%=$(BUILD)-tsan/unit/test_%)'
	$(MAKE) tests $(THREADED) TESTS='$(THREADED_TESTS)'
valgrind: all $(UNITS)
	$(PROVE) -j$(JOBS) --exec '$(VALGRIND)' $(filter-out $(NOT_IN_VALGRIND:%=$(BUILD)/unit/test_%),$(UNITS))
	$(VALGRIND) $(abspath $(BIN)llmbench) --matrix configs/demo.conf --out $(BUILD)/valgrind --quiet >/dev/null
bench: all $(BENCHES)
	$(PROGRAMS) ./scripts/bench $(BENCHES)
browser: all $(BUILD)/browser/sample_page
	$(PROGRAMS) ./scripts/browser-test $(BUILD)/browser/sample_page
headers:
	@for header in $(filter %.h,$(C_FILES)); do \
		$(COMPILE) $(PREPROCESS) -fsyntax-only -x c $$header || exit 1; done
	@echo "headers: each of $(words $(filter %.h,$(C_FILES))) compiles alone"
lint: $(PAGE)
	./scripts/lint "$(CLANG_TIDY)" "$(PREPROCESS) -I$(BUILD) -std=c11 -DLLMBENCH_VERSION=\"\"" $(sort src/main.c $(SOURCES) $(SIM_SOURCES))
format-check:
	@./scripts/format-check "$(CLANG_FORMAT)" $(C_FILES)

BINDIR = $(DESTDIR)$(PREFIX)/bin
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1
EXAMPLES = $(DESTDIR)$(PREFIX)/share/doc/llmbench/examples
install: all
	$(abspath $(BIN)llmbench) help --man >$(BUILD)/llmbench.1
	install -d $(BINDIR) $(MANDIR) $(EXAMPLES)/media
	install -m 755 $(BIN)llmbench $(BIN)llmbench-sim $(BINDIR)
	install -m 644 $(BUILD)/llmbench.1 $(MANDIR)
	install -m 644 $(wildcard configs/*.conf configs/*.jsonl) $(EXAMPLES)
	install -m 644 $(wildcard configs/media/*) $(EXAMPLES)/media
uninstall:
	rm -f $(BINDIR)/llmbench $(BINDIR)/llmbench-sim $(MANDIR)/llmbench.1
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/llmbench
clean:
	rm -rf $(BUILD) $(BUILD)-san $(BUILD)-cov $(BUILD)-tsan build-fuzz $(BIN)llmbench $(BIN)llmbench-sim

FORCE:
.PHONY: all check check-san unit fuzzers fuzz tests coverage tsan valgrind bench browser headers lint format-check install uninstall clean FORCE
.SECONDARY:
-include $(wildcard $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/tests/*/*/*.d)

# A missing library is one clear message, not the compiler's hundred.
ifeq ($(filter clean uninstall format-check,$(MAKECMDGOALS)),)
MISSING := $(strip $(foreach p,$(PACKAGES),$(if $(call pkg_config,--modversion $(p)),,$(p))))
$(if $(MISSING),$(error missing: $(MISSING) (or $(PKG_CONFIG) itself): run ./scripts/setup, or set PKG_CONFIG_PATH))
endif
