/* needs.h: which package has a header that is missing, all of them at once. */
#ifndef NEEDS_H
#define NEEDS_H

#ifdef __has_include
#if !__has_include(<lua.h>)
#error "lua.h is missing. Debian: liblua5.4-dev (or 5.3, 5.1-0) Fedora: lua-devel Alpine: lua5.4-dev macOS: brew install lua"
#endif
#if !__has_include(<curl/curl.h>)
#error "curl/curl.h is missing. Debian: libcurl4-openssl-dev Fedora: libcurl-devel Alpine: curl-dev macOS: brew install curl"
#endif
#if !__has_include(<zlib.h>)
#error "zlib.h is missing. Debian: zlib1g-dev Fedora: zlib-devel Alpine: zlib-dev macOS: brew install zlib"
#endif
#endif

#endif
