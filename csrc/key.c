/* key.c: a secret that requests carry, in memory that only C sees. */
#define _GNU_SOURCE /* memmem */
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

#include "buffer.h"

const key_kind
  key_of_sertifier = {"API key", "secretKey: ", "SERTIFIER_SECRET_KEY"},
  key_of_app = {"client secret", "", "SALESFORCE_CLIENT_SECRET"},
  key_of_session = {"token", "Authorization: Bearer ", ""};

#define ROOM (2 * KEY_MOST) /* whole pages: the advice is given by the page */

static int make_room(key *k, const key_kind *kind) {
  void *pages = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return 0;
  k->header = pages;
  mlock(pages, ROOM); /* best effort: an ordinary user may lock little */
#ifdef MADV_DONTDUMP
  madvise(pages, ROOM, MADV_DONTDUMP);
#endif
  k->text = stpncpy(k->header, kind->before, ROOM);
  return 1;
}

void key_close(key *k) {
  char *pages = k->header;
  if (!pages) return;
  k->header = NULL;
  buffer_wipe(pages, ROOM);
  munmap(pages, ROOM);
}

void key_cover(const key *k, char *bytes, size_t length) {
  size_t size = k->header ? strlen(k->text) : 0;
  char *at = bytes, *end = bytes + length;
  if (size < KEY_LEAST || length < size) return;
  while ((at = memmem(at, (size_t)(end - at), k->text, size))) {
    memset(at, '*', size);
    at += size;
  }
}

static void hide(const char *variable) {
  char *text = getenv(variable);
  if (text) buffer_wipe(text, strlen(text));
  unsetenv(variable);
}

void key_hide(void) {
  static const struct rlimit none = {0, 0};
  hide(key_of_sertifier.variable);
  hide(key_of_app.variable);
  setrlimit(RLIMIT_CORE, &none);
}

/* Cuts the blanks at both ends, and says what cannot be a key. */
static const char *check(char *bytes, size_t length) {
  size_t from = 0, i;
  while (length && strchr(" \t\r\n", bytes[length - 1])) length--;
  while (from < length && strchr(" \t\r\n", bytes[from])) from++;
  memmove(bytes, bytes + from, length - from);
  length -= from;
  buffer_wipe(bytes + length, 1);
  if (!length) return "is empty";
  for (i = 0; i < length; i++)
    if ((unsigned char)bytes[i] <= ' ' || (unsigned char)bytes[i] >= 127)
      return "holds blanks or other characters that no key has";
  return NULL;
}

/* systemd's LoadCredential makes a file of root's and its group's, 0440, whose
** access list then names who may read it. */
static int is_private(const struct stat *status) {
  int of_systemd = status->st_uid == 0 && status->st_gid == 0 &&
                   (status->st_mode & 0777) == 0440;
  return of_systemd || !(status->st_mode & 077);
}

static const char *file_problem(int file) {
  struct stat status;
  if (file < 0 || fstat(file, &status)) return strerror(errno);
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (!is_private(&status))
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

static int open_file(const char *path) {
  return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

const char *key_file_problem(const char *path) {
  int file = open_file(path);
  const char *problem = file_problem(file);
  if (file >= 0) close(file);
  return problem;
}

static const char *from_file(key *k, const char *path) {
  int file = open_file(path);
  const char *problem = file_problem(file);
  if (!problem) problem = read_all(file, k->text);
  if (file >= 0) close(file);
  return problem;
}

static const char *from_text(key *k, const char *text) {
  size_t length = strlen(text);
  if (length > KEY_MOST) return "is too long for a key";
  memcpy(k->text, text, length);
  return check(k->text, length);
}

const char *key_keep(key *k, const key_kind *kind, const char *text) {
  const char *wrong = "has no memory";
  k->header = NULL;
  if (make_room(k, kind)) wrong = from_text(k, text);
  if (wrong) key_close(k);
  return wrong;
}

const char *key_open(key *k, const key_kind *kind, const char *file,
                     char *problem, size_t size) {
  const char *text = file ? NULL : getenv(kind->variable);
  const char *where = kind->variable, *wrong;
  char file_variable[64];
  snprintf(file_variable, sizeof file_variable, "%s_FILE", kind->variable);
  if (!text && !file) file = getenv(file_variable);
  k->header = NULL;
  if (!text && !file) {
    snprintf(problem, size, "no %s: set %s, or let %s name a file that holds "
             "it", kind->name, kind->variable, file_variable);
    return problem;
  }
  if (!make_room(k, kind)) return "no memory for a key";
  if (!text) where = file;
  wrong = text ? from_text(k, text) : from_file(k, file);
  if (!wrong) return NULL;
  key_close(k);
  /* What the system says, in capitals, goes on with no sentence of ours. */
  snprintf(problem, size, "the %s in %s%s %s", kind->name, where,
           *wrong >= 'A' && *wrong <= 'Z' ? ":" : "", wrong);
  return problem;
}
