/* key.c: Sertifier's private API key, in memory that only C sees. */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name[] = "secretKey: ";

#define ROOM (2 * KEY_MOST) /* whole pages: the advice is given by the page */

/* A plain memset before the end of memory's life may be optimized away. */
static void wipe(volatile char *bytes, size_t length) {
  while (length--) *bytes++ = 0;
}

static int make_room(key *k) {
  void *pages = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return 0;
  k->header = pages;
  mlock(pages, ROOM); /* best effort: an ordinary user may lock little */
#ifdef MADV_DONTDUMP
  madvise(pages, ROOM, MADV_DONTDUMP);
#endif
  memcpy(k->header, name, sizeof name);
  return 1;
}

void key_close(key *k) {
  char *pages = k->header;
  if (!pages) return;
  k->header = NULL;
  wipe(pages, ROOM);
  munmap(pages, ROOM);
}

void key_hide(void) {
  static const struct rlimit none = {0, 0};
  char *text = getenv("SERTIFIER_SECRET_KEY");
  if (text) wipe(text, strlen(text));
  unsetenv("SERTIFIER_SECRET_KEY");
  setrlimit(RLIMIT_CORE, &none);
}

/* Cuts the blanks at both ends, and says what cannot be a key. */
static const char *check(char *bytes, size_t length) {
  size_t from = 0, i;
  while (length && strchr(" \t\r\n", bytes[length - 1])) length--;
  while (from < length && strchr(" \t\r\n", bytes[from])) from++;
  memmove(bytes, bytes + from, length - from);
  length -= from;
  wipe(bytes + length, 1);
  if (!length) return "is empty";
  for (i = 0; i < length; i++)
    if ((unsigned char)bytes[i] <= ' ' || (unsigned char)bytes[i] >= 127)
      return "holds blanks or other characters that no key has";
  return NULL;
}

static const char *file_problem(int file) {
  struct stat status;
  if (file < 0 || fstat(file, &status)) return strerror(errno);
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (status.st_mode & 077)
    return "can be read by others; run `chmod 600` on it, and think of "
           "changing the key";
  return NULL;
}

/* Reads all of a file, KEY_MOST bytes at the most. */
static const char *read_all(int file, char *to) {
  size_t length = 0;
  ssize_t got;
  while (length <= KEY_MOST) {
    got = read(file, to + length, KEY_MOST + 1 - length);
    if (got < 0) return strerror(errno);
    if (got == 0) return check(to, length);
    length += (size_t)got;
  }
  return "is too long for a key";
}

static const char *from_file(key *k, const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const char *problem = file_problem(file);
  if (!problem) problem = read_all(file, k->header + sizeof name - 1);
  if (file >= 0) close(file);
  return problem;
}

static const char *from_text(key *k, const char *text) {
  size_t length = strlen(text);
  if (length > KEY_MOST) return "is too long for a key";
  memcpy(k->header + sizeof name - 1, text, length);
  return check(k->header + sizeof name - 1, length);
}

const char *key_open(key *k, const char *file, char *problem, size_t size) {
  const char *text = file ? NULL : getenv("SERTIFIER_SECRET_KEY");
  const char *where = "SERTIFIER_SECRET_KEY", *wrong;
  if (!text && !file) file = getenv("SERTIFIER_SECRET_KEY_FILE");
  k->header = NULL;
  if (!text && !file) {
    snprintf(problem, size, "no API key: set SERTIFIER_SECRET_KEY, or let "
             "SERTIFIER_SECRET_KEY_FILE name a file that holds it");
    return problem;
  }
  if (!make_room(k)) return "no memory for the API key";
  if (!text) where = file;
  wrong = text ? from_text(k, text) : from_file(k, file);
  if (!wrong) return NULL;
  key_close(k);
  snprintf(problem, size, "the API key in %s %s", where, wrong);
  return problem;
}
