# What the programs draw with, gathered in build/fonts: outline fonts as they are; pixel fonts from their drawings to BDF,
# and from BDF to OpenType bitmap (pango ignores BDF and PCF). A family is one line of FONT_FILES.
FONT_FILES := $(patsubst fonts/%.txt,build/fonts/%.otb,$(wildcard fonts/bang-tin/[0-9]*.txt)) \
	$(patsubst fonts/%,build/fonts/%,$(wildcard fonts/noto/*.ttf fonts/*/OFL.txt))

fonts: $(FONT_FILES)

build/bdf/%.bdf: fonts/%.txt tools/pixel-font
	@mkdir -p $(@D)
	@tools/pixel-font $< >$@

build/fonts/%.otb: build/bdf/%.bdf tools/otb-advance fonts/fonts.mk
	@mkdir -p $(@D)
	@fonttosfnt -b -c -g 2 -m 2 -o $@ $< && tools/otb-advance $@

build/fonts/%.ttf: fonts/%.ttf
	@mkdir -p $(@D)
	@cp $< $@

# Licences go where the fonts go.
build/fonts/%/OFL.txt: fonts/%/OFL.txt
	@mkdir -p $(@D)
	@cp $< $@
