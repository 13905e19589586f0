/* url.c: which addresses a key may be sent to. */
#include "url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A part of the address, to be freed by curl_free; NULL where it has none. */
static char *part(CURLU *url, CURLUPart which) {
  char *text = NULL;
  return curl_url_get(url, which, &text, 0) == CURLUE_OK ? text : NULL;
}

static int has(CURLU *url, CURLUPart which) {
  char *text = part(url, which);
  curl_free(text);
  return text != NULL;
}

static int part_is(CURLU *url, CURLUPart which, const char *wanted) {
  char *text = part(url, which);
  int same = text && !strcmp(text, wanted);
  curl_free(text);
  return same;
}

/* 127.0.0.0/8, written with digits only: 127.evil.example is not in it. */
static int is_loopback_4(const char *host) {
  return !strncmp(host, "127.", 4) && !host[strspn(host, "0123456789.")];
}

static int is_loopback(CURLU *url) {
  char *host = part(url, CURLUPART_HOST);
  int is = host && (is_loopback_4(host) || !strcmp(host, "localhost") ||
                    !strcmp(host, "[::1]"));
  curl_free(host);
  return is;
}

static const char *problem_of(CURLU *url, const char *text, int *is_plain) {
  if (strlen(text) > 1000 ||
      curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
    return "is not an address such as https://host.example";
  *is_plain = part_is(url, CURLUPART_SCHEME, "http");
  if (!*is_plain && !part_is(url, CURLUPART_SCHEME, "https"))
    return "must start with https://";
  if (*is_plain && !is_loopback(url))
    return "must start with https://: plain http would show the key";
  if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD))
    return "must not hold a user or a password";
  if (has(url, CURLUPART_ZONEID))
    return "must not name a network interface (the % in its host)";
  if (has(url, CURLUPART_QUERY) || has(url, CURLUPART_FRAGMENT))
    return "must end with its path";
  return NULL;
}

static char *without_slash(CURLU *url) {
  char *text = part(url, CURLUPART_URL);
  size_t length = text ? strlen(text) : 0;
  char *base = malloc(length + 1);
  while (length && text[length - 1] == '/') length--;
  if (base && text) memcpy(base, text, length);
  if (base) base[length] = '\0';
  curl_free(text);
  return base;
}

char *url_base(const char *text, const char *service, int *is_plain,
               char *problem, size_t size) {
  CURLU *url = curl_url();
  const char *wrong = url ? problem_of(url, text, is_plain) : "out of memory";
  char *base = wrong ? NULL : without_slash(url);
  /* The address is not repeated: it may hold a password by mistake. */
  if (wrong) snprintf(problem, size, "the address of %s %s", service, wrong);
  curl_url_cleanup(url);
  return base;
}

int url_is_path(const char *path) {
  const char *c;
  if (path[0] != '/' || path[1] == '/') return 0;
  for (c = path; *c; c++)
    if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 127 || *c == '#')
      return 0;
  return 1;
}
