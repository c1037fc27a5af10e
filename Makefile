# bangtin: see README.md. `make`, `make demo`, `make check`, `make bench`, `make install`, `make format`, `make clean`.
VERSION := 0.1.0
PREFIX ?= /usr/local
sysconfdir ?= /etc
# VARIANT: '' | asan | broken (an encoder that lies, so that the tests can be seen to fail)
VARIANT ?=
BUILD := build$(if $(VARIANT),/$(VARIANT))
CC := gcc

# pkg-config names of what is linked; tools/dependencies says which packages they come in and why.
LIBRARIES := libserialport libconfig yaml-0.1 cairo pangocairo pangoft2 fontconfig libpng zlib libuv jansson glib-2.0
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
CPPFLAGS += -D_GNU_SOURCE -DBANGTIN_VERSION='"$(VERSION)"' -DBANGTIN_PREFIX='"$(PREFIX)"' -DBANGTIN_SYSCONFDIR='"$(sysconfdir)"' -Isrc -I.
PKG_CFLAGS = $(shell pkg-config --cflags $(LIBRARIES))
PKG_LIBS = $(shell pkg-config --libs $(LIBRARIES)) -lm -lpthread
CFLAGS_ALL = -std=gnu17 $(WARNINGS) $(OPTIMISE) $(HARDEN) $(CFLAGS) $(CPPFLAGS) $(PKG_CFLAGS)

# The house: everything under src/*/ and drivers/ is one archive; the programs are small.
ARCHIVE_SOURCES := $(wildcard src/*/*.c drivers/*.c drivers/link/*.c)
SOURCES_bangtind := src/main.c
SOURCES_bangtin := $(wildcard tools/bangtin/*.c)
SOURCES_bangtin-testpattern := $(wildcard tools/testpattern/*.c)
SOURCES_bangtin-simulator := $(wildcard tools/simulator/*.c)
PROGRAMS := $(foreach p,bangtind bangtin bangtin-testpattern bangtin-simulator,$(if $(wildcard $(SOURCES_$(p))),$(p)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
TEST_PROGRAMS := $(patsubst tests/programs/%.c,$(BUILD)/test-programs/%,$(wildcard tests/programs/*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ARCHIVE := $(BUILD)/libbangtin.a
ALL_SOURCES := $(ARCHIVE_SOURCES) $(foreach p,$(PROGRAMS),$(SOURCES_$(p))) $(wildcard tests/unit/*.c tests/programs/*.c tests/bench/*.c)

.DEFAULT_GOAL := all
.PHONY: all programs test-programs setup-% fonts demo check bench install uninstall format clean unit help
.SECONDARY:
.DELETE_ON_ERROR:

# Only what is missing is installed; then make starts again, so that pkg-config sees it.
all: setup-build
	@$(MAKE) --no-print-directory programs

setup-%:
	@tools/setup $*

programs: $(ARCHIVE) $(PROGRAMS:%=$(BUILD)/bin/%) fonts

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(ARCHIVE): $(call object,$(ARCHIVE_SOURCES))
	@rm -f $@
	@ar rcs $@ $^

define program
$(BUILD)/bin/$(1): $(call object,$(SOURCES_$(1))) $(ARCHIVE)
	@mkdir -p $$(@D)
	$(CC) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

# Programs that the integration tests drive; not installed.
$(BUILD)/test-programs/%: $(BUILD)/obj/tests/programs/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

test-programs: $(TEST_PROGRAMS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

-include fonts/fonts.mk

unit: $(UNIT_TESTS) fonts
	@CMOCKA_MESSAGE_OUTPUT=TAP BANGTIN_FONTS=$(CURDIR)/build/fonts prove $(PROVE_FLAGS) -e '' $(UNIT_TESTS)

format:
	@clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

clean:
	rm -rf build

-include $(patsubst %.o,%.d,$(call object,$(ALL_SOURCES)))
