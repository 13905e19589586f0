/* fuzz: addresses and paths that an answer names: a key goes to https alone, or
** to this machine. */
#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
  if (!holds) abort();
}

static int starts(const char *text, const char *with) {
  return !strncmp(text, with, strlen(with));
}

static int is_local(const char *base) {
  return starts(base, "http://localhost") || starts(base, "http://127.") ||
         starts(base, "http://[::1]");
}

/* Of a base and a path that were taken, libcurl sees the base's host. */
static void join(const char *base, const char *path) {
  CURLU *one = curl_url(), *both = curl_url();
  char *url = malloc(strlen(base) + strlen(path) + 1), *host, *other;
  must(one && both && url);
  strcat(strcpy(url, base), path);
  must(!curl_url_set(one, CURLUPART_URL, base, 0));
  if (!curl_url_set(both, CURLUPART_URL, url, 0)) {
    must(!curl_url_get(one, CURLUPART_HOST, &host, 0));
    must(!curl_url_get(both, CURLUPART_HOST, &other, 0));
    must(!strcmp(host, other));
    curl_free(host);
    curl_free(other);
  }
  free(url);
  curl_url_cleanup(one);
  curl_url_cleanup(both);
}

/* The address, a line's end, and a path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1), problem[300] = "", *path, *base;
  int is_plain;
  memcpy(text, data, size);
  text[size] = '\0';
  path = strchr(text, '\n');
  if (path) *path++ = '\0';
  base = url_base(text, "the fuzzer", &is_plain, problem, sizeof problem);
  if (base) {
    must(is_plain ? is_local(base) : starts(base, "https://"));
    must(base[strlen(base) - 1] != '/');
    if (path && url_is_path(path)) join(base, path);
  } else {
    must(*problem != '\0');
  }
  free(base);
  free(text);
  return 0;
}
