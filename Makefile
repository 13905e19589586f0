# sertifier: `make help` lists what there is to make.

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wpointer-arith -Wcast-qual -Wcast-align -Wconversion -Wno-sign-conversion -Wdouble-promotion \
            -Wformat=2 -Wnull-dereference -Wold-style-definition -Wundef -Wvla -Wwrite-strings
CFLAGS   ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
LDFLAGS  ?= -Wl,-z,relro,-z,now
CURL     := $(shell pkg-config --cflags --libs libcurl 2>/dev/null || echo -lcurl)
ZLIB     := $(shell pkg-config --cflags --libs zlib 2>/dev/null || echo -lz)
LIBRARIES = $(CURL) $(ZLIB)
ROCKSPEC := $(wildcard sertifier-*.rockspec)
VERSION  := $(firstword $(subst -, ,$(ROCKSPEC:sertifier-%.rockspec=%)))
SOURCES  := $(wildcard csrc/*.c)
# Two libraries: what speaks HTTP needs libcurl, which takes long to load, and the core does not.
HTTP_ONLY := $(addprefix csrc/,assertion.c client.c http.c http_module.c http_result.c key.c login.c \
               login_handle.c request.c sockets.c url.c)
HTTP     := $(HTTP_ONLY) $(addprefix csrc/,body.c buffer.c handles.c member.c)
CORE     := $(filter-out $(HTTP_ONLY),$(SOURCES))
SPECS    ?= $(sort $(wildcard spec/*_spec.lua))
TOTALS   := build/totals
JOBS     := $(shell nproc 2>/dev/null || echo 2)

# One build tree a Lua ABI, each with its own headers. What is built for 5.1 also loads in LuaJIT.
ABIS      := 5.4 5.3 5.1
BUILT     := $(foreach abi,$(ABIS),build/$(abi)/sertifier/core.so build/$(abi)/sertifier/http.so)
includes  = $(shell pkg-config --cflags lua$(1) 2>/dev/null || echo -I/usr/include/lua$(1))

.PHONY: help setup build demo demo-salesforce test specs rock fresh musl clang share lint check sanitize coverage valgrind fuzz provers prove bench docs release clean
.DELETE_ON_ERROR:

build: $(BUILT)

help:
	@echo "make demo      build, start the sandbox, issue the example export, show the links"
	@echo "make demo-salesforce  the same to an org's contacts, with the links written back to the org"
	@echo "make test      everything that must hold, under Lua 5.4 and LuaJIT"
	@echo "make build     the native core for Lua 5.4, 5.3 and 5.1 (LuaJIT)"
	@echo "make lint      luacheck, and what gcc, clang, cppcheck, clang-tidy and scan-build say of the core"
	@echo "make check     lint, docs, clang, sanitize, valgrind, fuzz and coverage, one after the other"
	@echo "make clang     the native parts built by clang, and their specs with that"
	@echo "make sanitize  the specs with AddressSanitizer and UndefinedBehaviorSanitizer"
	@echo "make coverage  the share of the lines that the specs run, of the core and of the modules"
	@echo "make valgrind  the specs of the native parts under valgrind"
	@echo "make fuzz      each fuzz target for FUZZ_SECONDS (10)"
	@echo "make rock      install the rock for 5.4, 5.3 and 5.1 into a temporary tree, and use it"
	@echo "make fresh     the same in a new Debian with nothing but what README.md lists; needs root"
	@echo "make musl      the core against musl"
	@echo "make share     completion for the shells and the man page, from the command's definitions"
	@echo "make prove     kill runs, cut connections, fill disks at every point: nothing is sent twice"
	@echo "make docs      docs/ and the library's reference as HTML, below build/docs"
	@echo "make release   all that must hold before a version is tagged"
	@echo "make bench     our speed beside that of others, in one run, into bench/RESULTS.md"

setup:
	@tools/setup test

# ---- building ----

build/%/sertifier/core.so:
	@mkdir -p $(@D)
	$(CC) -shared -o $@ $^ $(LDFLAGS) $(ZLIB) -lpthread -ldl

build/%/sertifier/http.so:
	@mkdir -p $(@D)
	$(CC) -shared -o $@ $^ $(LDFLAGS) $(CURL) -lpthread -ldl

define abi_rules
build/$(1)/sertifier/core.so: $(CORE:csrc/%.c=build/$(1)/%.o)
build/$(1)/sertifier/http.so: $(HTTP:csrc/%.c=build/$(1)/%.o)

build/$(1)/%.o: csrc/%.c
	@mkdir -p $$(@D)
	$$(CC) -std=gnu11 $$(CFLAGS) $$(WARNINGS) -fPIC -fvisibility=hidden -MMD -MP \
	  $$(call includes,$(1)) -DSERTIFIER_VERSION=$(VERSION) -c -o $$@ $$<

build/$(1)/core.o: $(ROCKSPEC)

-include $(SOURCES:csrc/%.c=build/$(1)/%.d)
endef
$(foreach abi,$(ABIS),$(eval $(call abi_rules,$(abi))))

# ---- running ----

demo demo-salesforce:
	@tools/setup run
	@$(MAKE) --no-print-directory -s $(foreach abi,5.4 5.1,build/$(abi)/sertifier/core.so build/$(abi)/sertifier/http.so)
	@tools/$@

# Both Luas at once: the specs wait most of the time.
specs: build provers
	@mkdir -p build && : >$(TOTALS)
	@tools/specs luajit 5.1 $(TOTALS) $(SPECS) >build/luajit.log 2>&1 & luajit=$$!; status=0; \
	tools/specs lua5.4 5.4 $(TOTALS) $(SPECS) || status=1; \
	wait $$luajit || status=1; cat build/luajit.log; \
	awk '{ p += $$1; f += $$2 } END { print p " passed, " f " failed" }' $(TOTALS); \
	exit $$status

test:
	@tools/setup test
	@$(MAKE) --no-print-directory -s -j$(JOBS) build provers
	@$(MAKE) --no-print-directory lint rock
	@LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="build/5.3/?.so;;" lua5.3 -e 'require "sertifier"'
	@$(MAKE) --no-print-directory specs

rock:
	@tools/rock

fresh:
	@tools/setup release
	@tools/fresh

share: build/5.4/sertifier/core.so
	@LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="build/5.4/?.so;;" lua5.4 tools/share

# ---- checking ----

lint: build
	luacheck -q lua bin/sertifier spec examples bench
	@for cc in gcc clang; do for abi in $(ABIS); do for file in $(SOURCES); do \
	  echo "$$cc -std=gnu11 -O2 $(WARNINGS) -fsyntax-only -I/usr/include/lua$$abi $$file"; \
	done; done; done | xargs -P$(JOBS) -I{} sh -c '{}' && echo "gcc and clang: no warnings"
	@cppcheck -q -j$(JOBS) --std=c11 --language=c --enable=warning,performance,portability \
	  --suppress=preprocessorErrorDirective:csrc/needs.h --suppress=pointerOutOfBoundsCond:csrc/buffer.h \
	  --error-exitcode=1 $(call includes,5.4) csrc && echo "cppcheck: no findings"
	@printf '%s\n' $(SOURCES) | xargs -P$(JOBS) -I{} clang-tidy --quiet {} -- \
	  -std=gnu11 $(call includes,5.4) 2>/dev/null && echo "clang-tidy: no findings"
	@scan-build -o build/scan --status-bugs --use-cc=clang sh -c 'printf "%s\n" $(SOURCES) | \
	  xargs -P$(JOBS) -I{} $$CC -std=gnu11 -O2 $(call includes,5.4) -c -o /dev/null {}' \
	  >build/scan.log 2>&1 && echo "scan-build: no findings" || { cat build/scan.log; exit 1; }
	@! nm -D --defined-only $(BUILT) | grep ' [A-Z] ' | \
	  grep -v -e ' luaopen_sertifier_core$$' -e ' luaopen_sertifier_http$$' && \
	  echo "nm: nothing is exported but what Lua opens"
	@for library in $(BUILT); do \
	  readelf -dW $$library | grep -q BIND_NOW && readelf -lW $$library | grep -q GNU_RELRO && \
	  nm -D $$library | grep -q __stack_chk_fail && nm -D $$library | grep -q _chk@ || \
	  { echo "$$library is not hardened"; exit 1; }; \
	done && echo "readelf: bound when loaded, then read only; stack and calls are checked"

check:
	@tools/setup test
	@for part in lint docs clang sanitize valgrind fuzz coverage; do \
	  $(MAKE) --no-print-directory $$part || exit 1; \
	done

SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

build/sanitize/sertifier/core.so: $(CORE)
build/sanitize/sertifier/http.so: $(HTTP)
build/sanitize/sertifier/%.so: $(wildcard csrc/*.h)
	@mkdir -p $(@D)
	gcc -std=gnu11 -g -O1 $(SANITIZERS) -fPIC -shared $(call includes,5.4) \
	  -DSERTIFIER_VERSION=$(VERSION) -o $@ $(filter %.c,$^) $(LIBRARIES) -lpthread -ldl

build/sanitize/lua: spec/support/lua.c
	@mkdir -p $(@D)
	gcc -std=gnu11 -g $(SANITIZERS) $(call includes,5.4) -o $@ $< -llua5.4

# The specs that take the native parts through their paces; the others would say nothing new of them.
# Those on PostgreSQL are left out, as its library keeps memory at its end.
SANITIZED ?= $(wildcard $(addsuffix _spec.lua,$(addprefix spec/,core_* export_* check client condition \
             flow formula hooks ledger_together memory run sending)))

sanitize: build build/sanitize/sertifier/core.so build/sanitize/sertifier/http.so build/sanitize/lua
	@: >build/sanitize.totals
	@TREE=build/sanitize tools/specs build/sanitize/lua 5.4 build/sanitize.totals \
	  --lazy --filter-out PostgreSQL $(SANITIZED)

coverage:
	@tools/coverage $(COVERED)

NATIVE_SPECS ?= $(wildcard spec/core_*_spec.lua)

build/clang/sertifier/core.so: $(CORE)
build/clang/sertifier/http.so: $(HTTP)
build/clang/sertifier/%.so: $(wildcard csrc/*.h)
	@mkdir -p $(@D)
	@clang -std=gnu11 $(CFLAGS) $(WARNINGS) -fPIC -fvisibility=hidden -shared $(call includes,5.4) \
	  -DSERTIFIER_VERSION=$(VERSION) -o $@ $(filter %.c,$^) $(LDFLAGS) $(LIBRARIES) -lpthread -ldl

clang: build/clang/sertifier/core.so build/clang/sertifier/http.so
	@: >build/clang/totals
	@TREE=build/clang tools/specs lua5.4 5.4 build/clang/totals $(NATIVE_SPECS) spec/client_spec.lua

valgrind: build
	@mkdir -p build && : >build/valgrind.totals
	@WRAPPER="valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite \
	  --errors-for-leak-kinds=definite --suppressions=spec/valgrind.supp" \
	  tools/specs lua5.4 5.4 build/valgrind.totals $(NATIVE_SPECS)

FUZZ_SECONDS ?= 10
FUZZERS      := $(patsubst spec/fuzz/%.c,%,$(wildcard spec/fuzz/*.c))
# What knows nothing of Lua; the frame of request.c brings that file itself.
PLAIN        := $(addprefix csrc/,ahead.c answer.c body.c buffer.c cell.c columns.c condition.c csv.c date.c decimal.c decode.c feed.c \
                feed_scan.c footer.c formula.c formula_choice.c formula_date.c formula_number.c \
                formula_room.c formula_run.c formula_text.c key.c kind.c lane.c letter.c like.c member.c memory.c \
                plan.c plan_run.c prove.c quoted.c rows.c scan.c source.c stretch.c text.c thread.c unpack.c url.c value.c value_id.c zip.c)

build/fuzz/request: PLAIN += csrc/http.c csrc/http_result.c csrc/sockets.c

build/fuzz/%: spec/fuzz/%.c spec/fuzz/target.h $(PLAIN) $(wildcard csrc/*.h)
	@mkdir -p $(@D)
	clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	  -iquote csrc -o $@ $< $(PLAIN) $(LIBRARIES) -lm -lcsv -lpthread

build/fuzz/modules: spec/fuzz/modules.c
	@mkdir -p $(@D)
	clang -std=gnu11 -g -O1 -fsanitize=fuzzer $(call includes,5.4) -o $@ $< -llua5.4

fuzz: build $(FUZZERS:%=build/fuzz/%)
	@echo "fuzzing for $(FUZZ_SECONDS) s each: $(FUZZERS)"
	@for f in $(FUZZERS); do mkdir -p build/fuzz/new/$$f; echo $$f; done | xargs -P$(JOBS) -I{} sh -c \
	  'LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="build/5.4/?.so;;" \
	    build/fuzz/{} -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -timeout=10 \
	    -artifact_prefix=build/fuzz/ build/fuzz/new/{} spec/fuzz/corpus/{} >build/fuzz/{}.log 2>&1 \
	    || { cat build/fuzz/{}.log; exit 255; }'

# musl, with what Debian has for it: all sources are compiled with its headers, and what knows nothing of
# Lua or libcurl runs with it, on what the fuzzers start from and have found.
MUSL_FUZZERS := $(filter-out csv_peer modules request url,$(FUZZERS))
MUSL_PLAIN   := $(filter-out csrc/url.c,$(PLAIN))

build/musl/headers:
	@tools/setup release
	@mkdir -p $@
	@for header in zlib.h zconf.h curl lua5.4-deb-multiarch.h lua5.3-deb-multiarch.h lua5.1-deb-multiarch.h; do \
	  ln -sf $$(ls -d /usr/include/$$header /usr/include/$$(gcc -print-multiarch)/$$header 2>/dev/null) $@/; \
	done

build/musl/%: spec/fuzz/%.c spec/fuzz/target.h spec/support/corpus.c $(MUSL_PLAIN) $(wildcard csrc/*.h) | build/musl/headers
	@musl-gcc -static -std=gnu11 -O1 -isystem build/musl/headers -iquote csrc -o $@ $< spec/support/corpus.c \
	  $(MUSL_PLAIN) -lm $$(gcc -print-file-name=libz.a) -lpthread

musl: $(MUSL_FUZZERS:%=build/musl/%)
	@for abi in $(ABIS); do for file in $(SOURCES); do \
	  echo "musl-gcc -std=gnu11 -O2 $(WARNINGS) -isystem build/musl/headers -isystem /usr/include/lua$$abi -c -o /dev/null $$file"; \
	done; done | xargs -P$(JOBS) -I{} sh -c '{}' && echo "musl: compiled, no warnings"
	@for f in $(MUSL_FUZZERS); do \
	  find spec/fuzz/corpus/$$f build/fuzz/new/$$f -type f 2>/dev/null | build/musl/$$f || exit 1; \
	done

# What the proof is made with: a proxy, a Lua host, and what is preloaded into a run.
PROVERS := build/prove/cutting build/prove/starved build/prove/faults.so build/prove/lost.so build/prove/scarce.so

build/prove/%.so: spec/prove/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -fPIC -shared -o $@ $< -ldl

build/prove/%: spec/prove/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) $(call includes,5.4) -o $@ $< -llua5.4

provers: $(PROVERS)

# POINTS=N tries N points of each part, spread over all of them.
prove: build provers
	@LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/5.4/?.so;;" \
	  lua5.4 spec/prove/main.lua $(POINTS)

# Writes bench/RESULTS.md. ROUNDS, ROWS and MOST, the rows of the largest export, make it longer.
ROUNDS ?= 3
ROWS   ?= 300000
MOST   ?= 1000000

bench: build
	@tools/setup bench
	@lua5.4 bench/all.lua $(ROUNDS) $(ROWS) $(MOST)

docs:
	@tools/setup docs
	@tools/docs

# What is then left: the day in CHANGELOG.md, the tag that the rockspec names, `luarocks upload`.
release:
	@.ci/run
	@$(MAKE) --no-print-directory coverage
	@$(MAKE) --no-print-directory prove POINTS=200
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory clang fresh musl

clean:
	rm -rf build
