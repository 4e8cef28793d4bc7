# Thin: sees that the packages are there, configures, and hands the rest to CMake.  CMakeLists.txt says what each target does.
#   make verify    proofs, claims, campaigns and audits, one report        make test      the tests of muoncert itself
#   make proofs    replay the proofs of src/ref                            make mutants   show that the proofs notice broken code
#   make nightly   the proofs from scratch                                 make fuzz      fuzz the parsers
#   make bench     figures, as ratios within one run                       make install   into PREFIX, below DESTDIR
BUILD := $(or $(BUILD),$(shell tools/build_folder))
PREFIX ?= /usr/local

.PHONY: all verify test proofs mutants nightly fuzz bench install
all verify proofs mutants nightly fuzz bench: configured
	@cmake --build '$(BUILD)' --target $@ -- --quiet

test: configured
	@cmake --build '$(BUILD)' -- --quiet
	@cd '$(BUILD)' && ctest --output-on-failure --output-junit ctest.xml -LE slow

install: PACKAGES := program
install: configured
	@cmake '$(BUILD)' -DCMAKE_INSTALL_PREFIX='$(PREFIX)' >/dev/null
	@cmake --build '$(BUILD)' -- --quiet
	@cmake --install '$(BUILD)' --prefix '$(PREFIX)'

.PHONY: configured
configured:
	@tools/dependencies $(PACKAGES)
	@test -f '$(BUILD)/build.ninja' || cmake -S . -B '$(BUILD)' -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX='$(PREFIX)'
