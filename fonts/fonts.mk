# What the programs draw with, gathered in build/fonts: outline fonts as they are, pixel fonts from BDF to OpenType
# bitmap (pango ignores BDF and PCF). A family is one line of FONT_FILES.
FONT_FILES := $(patsubst fonts/%.bdf,build/fonts/%.otb,$(wildcard fonts/fixed/*.bdf)) \
	$(patsubst fonts/%,build/fonts/%,$(wildcard fonts/noto/*.ttf))

fonts: $(FONT_FILES)

build/fonts/%.otb: fonts/%.bdf tools/otb-advance fonts/fonts.mk
	@mkdir -p $(@D)
	@fonttosfnt -b -c -g 2 -m 2 -o $@ $< && tools/otb-advance $@

build/fonts/%.ttf: fonts/%.ttf
	@mkdir -p $(@D)
	@cp $< $@
