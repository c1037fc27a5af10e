# bangtin: see README.md. `make`, `make demo`, `make check`, `make bench`, `make install`, `make deb`, `make format`, `make clean`.
VERSION := 0.1.0
PREFIX ?= /usr/local
sysconfdir ?= /etc
unitdir ?= $(PREFIX)/lib/systemd/system
udevdir ?= $(PREFIX)/lib/udev
# VARIANT: '' | asan | broken (an encoder that lies, so that the tests can be seen to fail)
VARIANT ?=
CORES := $(shell nproc)
BUILD := build$(if $(VARIANT),/$(VARIANT))
CC := gcc

# pkg-config names of what is linked; tools/dependencies says which packages they come in and why.
LIBRARIES := libserialport libconfig yaml-0.1 cairo pangocairo pangoft2 fontconfig libpng libjpeg libqrencode zlib libuv jansson glib-2.0 libical libdrm libxcvt wayland-client libmd libsodium sqlite3
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
	-Wpointer-arith -Wcast-align -Wwrite-strings -Wno-unused-parameter
OPTIMISE := -O2 -g -fno-omit-frame-pointer
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
ifeq ($(VARIANT),asan)
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
HARDEN :=
LDFLAGS += -fsanitize=address,undefined
else
LDFLAGS += -pie -Wl,-z,relro,-z,now
endif
ifeq ($(VARIANT),broken)
CPPFLAGS += -DBANGTIN_BROKEN_ENCODER
endif
CPPFLAGS += -D_GNU_SOURCE -DBANGTIN_VERSION='"$(VERSION)"' -DBANGTIN_PREFIX='"$(PREFIX)"' -DBANGTIN_SYSCONFDIR='"$(sysconfdir)"' -Isrc -I. -Ibuild/protocol
# Asked once, and not before something is compiled: set-up may still have to install them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES)))$(PKG_CFLAGS)
PKG_LINK = $(eval PKG_LINK := $(shell pkg-config --libs $(LIBRARIES)))$(PKG_LINK)
PKG_LIBS = $(PKG_LINK) -lm -lpthread
CFLAGS_ALL = -std=gnu17 $(WARNINGS) $(OPTIMISE) $(HARDEN) $(CFLAGS) $(CPPFLAGS) $(PKG_CFLAGS)

# The house: everything under src/*/ and drivers/ is one archive; the programs are small.
ARCHIVE_SOURCES := $(wildcard src/*/*.c drivers/*.c drivers/link/*.c) build/protocol/xdg-shell-protocol.c \
	build/protocol/xdg-output-protocol.c
SOURCES_bangtind := src/main.c
SOURCES_bangtin := $(wildcard tools/bangtin/*.c)
SOURCES_bangtin-testpattern := $(wildcard tools/testpattern/*.c)
SOURCES_bangtin-simulator := $(wildcard tools/simulator/*.c)
PROGRAMS := $(foreach p,bangtind bangtin bangtin-testpattern bangtin-simulator,$(if $(wildcard $(SOURCES_$(p))),$(p)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
TEST_PROGRAMS := $(patsubst tests/programs/%.c,$(BUILD)/test-programs/%,$(wildcard tests/programs/*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))
CATALOGUES := $(patsubst tools/po/%.po,$(BUILD)/locale/%/LC_MESSAGES/bangtin.mo,$(wildcard tools/po/*.po))

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ifeq ($(VARIANT),broken)
# Everything but the liar is what the real programs are made of.
LIARS := $(shell grep -l BANGTIN_BROKEN_ENCODER $(ARCHIVE_SOURCES) 2>/dev/null)
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(filter $(LIARS),$(1))) $(patsubst %.c,build/obj/%.o,$(filter-out $(LIARS),$(1)))
endif
ARCHIVE := $(BUILD)/libbangtin.a
ALL_SOURCES := $(ARCHIVE_SOURCES) $(foreach p,$(PROGRAMS),$(SOURCES_$(p))) $(wildcard tests/unit/*.c tests/programs/*.c tests/bench/*.c)

.DEFAULT_GOAL := all
.PHONY: all programs test-programs setup-% fonts demo check bench install uninstall deb format clean unit help
.SECONDARY:
.DELETE_ON_ERROR:

# Only what is missing is installed; then make starts again, so that pkg-config sees it.
all: setup-build
	@$(MAKE) --no-print-directory -j $(CORES) programs

setup-%:
	@tools/setup $*

programs: $(ARCHIVE) $(PROGRAMS:%=$(BUILD)/bin/%) fonts $(CATALOGUES)

# The texts in Vietnamese; the programs find them beside their directory.
$(BUILD)/locale/%/LC_MESSAGES/bangtin.mo: tools/po/%.po
	@mkdir -p $(@D)
	@msgfmt --check-format -o $@ $<

# Wayland's protocols are written in XML.
PROTOCOL_xdg-shell := stable/xdg-shell/xdg-shell.xml
PROTOCOL_xdg-output := unstable/xdg-output/xdg-output-unstable-v1.xml
build/protocol/%-client-protocol.h build/protocol/%-protocol.c:
	@mkdir -p $(@D)
	@xml=$$(pkg-config --variable=pkgdatadir wayland-protocols)/$(PROTOCOL_$*) && \
		wayland-scanner client-header $$xml build/protocol/$*-client-protocol.h && \
		wayland-scanner private-code $$xml build/protocol/$*-protocol.c
PROTOCOL_HEADERS := build/protocol/xdg-shell-client-protocol.h build/protocol/xdg-output-client-protocol.h
$(patsubst %,%/drivers/link/wl_window.o,$(BUILD)/obj build/fuzz/obj) $(patsubst %,%/drivers/link/wl_outputs.o,$(BUILD)/obj build/fuzz/obj): $(PROTOCOL_HEADERS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(ARCHIVE): $(call object,$(ARCHIVE_SOURCES))
	@rm -f $@
	@ar rcs $@ $^

define program
$(BUILD)/bin/$(1): $(call object,$(SOURCES_$(1))) $(ARCHIVE)
	@mkdir -p $$(@D)
	@echo '  LD $$@'
	@$(CC) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))
# giflib has no pkg-config file, and only this program draws GIFs.
$(BUILD)/bin/bangtin: PKG_LIBS += -lgif

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(PKG_LIBS) -lcmocka

# The simulator's decoders are in no archive, so that nothing else can lean on them; their own tests link them.
DECODERS := $(filter-out tools/simulator/main.c tools/simulator/run.c tools/simulator/wire.c,$(SOURCES_bangtin-simulator))
$(patsubst %,$(BUILD)/tests/test_%,simulator onbon_card onbon_driver novastar huidu simulator_udp sinks sinks_broken sinks_replies signs colorlight): $(call object,$(DECODERS))
# The readers of offices' lists, which are of the staff's program.
LISTS := $(wildcard tools/bangtin/list_*.c) tools/bangtin/fold.c
$(BUILD)/tests/test_lists: $(call object,$(LISTS))
# The conformance suite of drivers: one rig and one table of beds.
CONFORMANCE := tests/unit/conformance.c tests/unit/conformance_beds.c
$(patsubst %,$(BUILD)/tests/test_%,sinks sinks_broken sinks_replies colorlight): $(call object,$(CONFORMANCE))

# Programs that the integration tests drive; not installed.
$(BUILD)/test-programs/%: $(BUILD)/obj/tests/programs/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# What is preloaded into programs under test.
PRELOADS := $(patsubst tests/preload/%.c,build/test-programs/%.so,$(wildcard tests/preload/*.c))
build/test-programs/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 $(WARNINGS) -Wno-redundant-decls -O1 -g -fPIC -shared -ftls-model=initial-exec -D_GNU_SOURCE -o $@ $<

test-programs: $(TEST_PROGRAMS) $(PRELOADS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

-include fonts/fonts.mk

unit: $(UNIT_TESTS) $(CATALOGUES) fonts
	@CMOCKA_MESSAGE_OUTPUT=TAP BANGTIN_FONTS=$(CURDIR)/build/fonts prove $(PROVE_FLAGS) -e '' $(UNIT_TESTS)

format:
	@clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

clean:
	rm -rf build


# --- showing it

demo: all
	@tools/demo

# --- proving it. Each part can be run alone; `check` is all of them.
# The longest first.
CHECKS := check-kms check-static check-unit check-asan check-integration check-peers check-fuzz check-broken check-words check-style
.PHONY: $(CHECKS) variant-asan variant-broken
# fontconfig keeps what it has parsed for good
LSAN := suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
PROVE := prove --timer $(PROVE_FLAGS)
FUZZ_SECONDS ?= 10

# Everything is built first, on every core; then the parts run two at a time, each with its output in one piece.
check: setup-check
	@$(MAKE) --no-print-directory -j $(CORES) programs tests fuzzers build/peers/node_modules
	@$(MAKE) --no-print-directory -j $(CORES) VARIANT=asan programs tests
	@$(MAKE) --no-print-directory -j 2 --output-sync=target $(CHECKS)
	@echo "check: all passed"

check-style:
	@tools/check-style
	@tools/check-includes
	@tools/check-banned

check-words:
	@tools/words check

check-static: $(PROTOCOL_HEADERS)
	@tools/check-static $(LIBRARIES)

variant-asan:
	@$(MAKE) --no-print-directory VARIANT=asan programs tests
variant-broken: programs
	@$(MAKE) --no-print-directory VARIANT=broken build/broken/bin/bangtind
	@ln -sf ../../bin/bangtin ../../bin/bangtin-simulator build/broken/bin/

.PHONY: tests fuzzers
tests: $(UNIT_TESTS) test-programs $(CATALOGUES)

check-unit: tests fonts
	@CMOCKA_MESSAGE_OUTPUT=TAP BANGTIN_FONTS=$(CURDIR)/build/fonts $(PROVE) -j 2 -e '' $(UNIT_TESTS)
check-asan: variant-asan fonts
	@CMOCKA_MESSAGE_OUTPUT=TAP BANGTIN_FONTS=$(CURDIR)/build/fonts LSAN_OPTIONS=$(LSAN) \
		$(PROVE) -j 2 -e '' $(patsubst build/%,build/asan/%,$(UNIT_TESTS))

# The real programs; then the main test once more with the sanitizers in every program, a wire of each kind of line.
A_WIRE_A_KIND := adalight ddp alpha colorlight
INTEGRATION := $(filter-out %/harness.py,$(wildcard tests/integration/*.py tests/integration/*.sh))
check-integration: programs tests variant-asan
	@$(PROVE) -j 2 -e '' $(INTEGRATION)
	@BANGTIN_BUILD=build/asan LSAN_OPTIONS=$(LSAN) $(PROVE) -e "" tests/integration/wire_equals_preview.py :: $(A_WIRE_A_KIND)

check-peers: programs build/peers/node_modules
	@$(PROVE) -e '' tests/peers/peers.py

build/peers/node_modules: tests/peers/package.json tests/peers/package-lock.json
	@mkdir -p build/peers && cp $^ build/peers/
	@cd build/peers && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules

# A real kernel with a real display device, under emulation; the kernel is fetched once (70 MB) into the cache.
check-kms: programs test-programs
	@$(PROVE) -e '' tests/kms/kms.py

# An encoder that lies must be found out: here the main test has to fail.
check-broken: variant-broken
	@if BANGTIN_BUILD=build/broken tests/integration/wire_equals_preview.py adalight ddp >build/broken/log 2>&1; \
		then echo "a broken encoder went unnoticed"; exit 1; fi
	@grep -q '^not ok .*the one that was handed over' build/broken/log && echo "a broken encoder is found out"

FUZZ_FLAGS = -std=gnu17 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(CPPFLAGS) $(PKG_CFLAGS)
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
build/fuzz/libbangtin.a: $(patsubst %.c,build/fuzz/obj/%.o,$(ARCHIVE_SOURCES))
	@rm -f $@
	@ar rcs $@ $^
build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c build/fuzz/libbangtin.a
	@echo '  LD $@'
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.a,$^) $(filter %.a,$^) $(PKG_LIBS)
build/fuzz/fuzz_list: $(patsubst %.c,build/fuzz/obj/%.o,$(LISTS))
build/fuzz/fuzz_simulator: $(patsubst %.c,build/fuzz/obj/%.o,$(DECODERS))
-include $(patsubst %.c,build/fuzz/obj/%.d,$(ARCHIVE_SOURCES))

FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzzers: $(FUZZERS)
check-fuzz: $(FUZZERS)
	@printf '%s\n' $(FUZZERS) | xargs -P 2 -I FUZZER tools/fuzz FUZZER $(FUZZ_SECONDS)

# --- proving it at length: an hour and more
.PHONY: faults fuzz soak
# FUZZ_SECONDS each; check-fuzz is the same for a few seconds.
fuzz: FUZZ_SECONDS = 3600
fuzz: check-fuzz

# Thirty days with the clock running fast; then power cuts of a guest with a disk, CUTS of them.
CUTS ?= 200
soak: programs test-programs
	@$(PROVE) -e '' tests/soak/soak.py
	@$(PROVE) -e '' tests/kms/powercut.py :: $(CUTS)

# Every place where a call can fail, not the sample of `check`.
faults: programs tests variant-asan
	@tests/integration/faults.py --all

# --- measuring it: ratios against a baseline of the same run; no test fails by time
bench: setup-bench
	@$(MAKE) --no-print-directory programs benches
	@for b in $(BENCHES); do BANGTIN_FONTS=$(CURDIR)/build/fonts $$b || exit 1; done
	@for b in $(wildcard tests/bench/bench_*.py); do $$b || exit 1; done

.PHONY: benches
benches: $(BENCHES)

# --- installing it
MAN_PAGES := $(wildcard tools/man/*.[1-8])
install: programs
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/bangtin/fonts \
		$(DESTDIR)$(PREFIX)/share/doc/bangtin $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 build/bin/bangtind $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 build/bin/bangtin build/bin/bangtin-testpattern build/bin/bangtin-simulator $(DESTDIR)$(PREFIX)/bin/
	cp -R build/fonts/. $(DESTDIR)$(PREFIX)/share/bangtin/fonts/
	install -d $(DESTDIR)$(PREFIX)/share/bangtin/maps
	install -m 644 drivers/maps/*.map $(DESTDIR)$(PREFIX)/share/bangtin/maps/
	install -m 644 tools/schema/*.json $(DESTDIR)$(PREFIX)/share/bangtin/
	install -D -m 644 build/locale/vi/LC_MESSAGES/bangtin.mo $(DESTDIR)$(PREFIX)/share/locale/vi/LC_MESSAGES/bangtin.mo
	cp -R playlists $(DESTDIR)$(PREFIX)/share/doc/bangtin/
	install -m 644 README.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/bangtin/
	for m in $(MAN_PAGES); do install -D -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/} || exit 1; done
	for p in bangtin bangtind bangtin-testpattern bangtin-simulator; do install -m 644 tools/completion/bangtin.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$p || exit 1; done
	install -d $(DESTDIR)$(unitdir) $(DESTDIR)$(PREFIX)/share/doc/bangtin/examples
	sed 's#@sysconfdir@#$(sysconfdir)#; s#@sbindir@#$(PREFIX)/sbin#' tools/systemd/bangtind.service.in \
		>$(DESTDIR)$(unitdir)/bangtind.service
	install -D -m 644 tools/systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/bangtin.conf
	install -D -m 644 tools/systemd/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/bangtin.conf
	install -D -m 644 tools/systemd/udev.rules $(DESTDIR)$(udevdir)/rules.d/60-bangtin.rules
	install -m 644 tools/systemd/examples/* tools/systemd/bangtind.conf $(DESTDIR)$(PREFIX)/share/doc/bangtin/examples/

# The Debian package, with all that a site needs.
deb: setup-deb
	@$(MAKE) --no-print-directory programs
	@tools/package $(VERSION) build/deb

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(PREFIX)/sbin/bangtind
	rm -f $(foreach m,$(MAN_PAGES),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -f $(foreach p,bangtin bangtind bangtin-testpattern bangtin-simulator,$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$(p))
	rm -f $(DESTDIR)$(PREFIX)/share/locale/*/LC_MESSAGES/bangtin.mo
	rm -rf $(DESTDIR)$(PREFIX)/share/bangtin $(DESTDIR)$(PREFIX)/share/doc/bangtin
	rm -f $(DESTDIR)$(unitdir)/bangtind.service $(DESTDIR)$(PREFIX)/lib/sysusers.d/bangtin.conf
	rm -f $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/bangtin.conf $(DESTDIR)$(udevdir)/rules.d/60-bangtin.rules

-include $(patsubst %.o,%.d,$(call object,$(ALL_SOURCES)))
