# sertifier: build, demo, tests. `make help` lists what there is to make.

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
            -Wpointer-arith -Wcast-qual
CC       ?= gcc
CFLAGS   ?= -O2 -g
CURL     := $(shell pkg-config --cflags --libs libcurl 2>/dev/null || echo -lcurl)
SOURCES  := $(wildcard csrc/*.c)

# One build tree a Lua ABI; the headers of each. Built for 5.1, it also loads in LuaJIT.
ABIS        := 5.4 5.3 5.1
LUA_INC_5.4 := $(shell pkg-config --cflags lua5.4 2>/dev/null || echo -I/usr/include/lua5.4)
LUA_INC_5.3 := $(shell pkg-config --cflags lua5.3 2>/dev/null || echo -I/usr/include/lua5.3)
LUA_INC_5.1 := $(shell pkg-config --cflags lua5.1 2>/dev/null || echo -I/usr/include/lua5.1)

.PHONY: build
build: $(ABIS:%=build/%/sertifier/core.so)

build/%/sertifier/core.so:
	@mkdir -p $(@D)
	$(CC) -shared -o $@ $^ $(LDFLAGS) $(CURL) -lpthread

define abi_rules
build/$(1)/sertifier/core.so: $(SOURCES:csrc/%.c=build/$(1)/%.o)

build/$(1)/%.o: csrc/%.c
	@mkdir -p $$(@D)
	$$(CC) -std=gnu11 $$(CFLAGS) $$(WARNINGS) -fPIC -fvisibility=hidden -MMD -MP \
	  $$(LUA_INC_$(1)) -c -o $$@ $$<

-include $(SOURCES:csrc/%.c=build/$(1)/%.d)
endef
$(foreach abi,$(ABIS),$(eval $(call abi_rules,$(abi))))
