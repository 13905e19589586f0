/* source.c: the bytes of an export: files, and what all stages share. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct bottom {
  source base;
  int file; /* -1: there is only the head */
} bottom;

static ssize_t bottom_read(source *s, char *bytes, size_t size) {
  const bottom *b = (const bottom *)s;
  ssize_t got;
  if (b->file < 0) return 0;
  do got = read(b->file, bytes, size);
  while (got < 0 && errno == EINTR);
  return got;
}

static void bottom_close(source *s) {
  bottom *b = (bottom *)s;
  if (b->file > 0) close(b->file);
  free(b);
}

static source *bottom_new(int file) {
  bottom *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  b->base.read = bottom_read;
  b->base.close = bottom_close;
  b->file = file;
  return &b->base;
}

source *source_open(const char *path) {
  int file = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : 0;
  struct stat status;
  source *s = NULL;
  if (file < 0) return NULL;
  if (fstat(file, &status) == 0) {
    if (!S_ISDIR(status.st_mode)) s = bottom_new(file);
    else errno = EISDIR;
  }
  if (!s && file) close(file);
  return s;
}

source *source_text(slice text) {
  source *s = bottom_new(-1);
  if (!s) return NULL;
  s->head = malloc(text.length + 1);
  if (!s->head) return source_close(s), NULL;
  if (text.length) memcpy(s->head, text.bytes, text.length);
  s->head_end = text.length;
  return s;
}

void source_close(source *s) {
  while (s) {
    source *below = s->below;
    free(s->head);
    s->close(s);
    s = below;
  }
}

ssize_t source_read(void *user, char *bytes, size_t size) {
  source *s = user;
  size_t left = s->head_end - s->head_start;
  if (!left) return s->read(s, bytes, size);
  if (size > left) size = left;
  memcpy(bytes, s->head + s->head_start, size);
  s->head_start += size;
  return (ssize_t)size;
}

slice source_peek(source *s) {
  if (!s->head) s->head = malloc(SOURCE_HEAD);
  while (s->head && s->head_end < SOURCE_HEAD && !s->head_start) {
    ssize_t got = s->read(s, s->head + s->head_end, SOURCE_HEAD - s->head_end);
    if (got < 0 && !s->head_end) return text_slice(NULL, 0);
    if (got <= 0) break; /* what failed will fail again, or has ended */
    s->head_end += (size_t)got;
  }
  if (!s->head) return text_slice(NULL, 0);
  return text_slice(s->head + s->head_start, s->head_end - s->head_start);
}

void source_skip(source *s, size_t length) {
  size_t left = s->head_end - s->head_start;
  s->head_start += length < left ? length : left;
}

const char *source_problem(const source *s) {
  for (; s; s = s->below)
    if (s->problem[0]) return s->problem;
  return strerror(errno);
}

int source_file(const source *s) {
  const bottom *b;
  struct stat status;
  while (s->below) s = s->below;
  b = (const bottom *)s;
  return b->file >= 0 && !fstat(b->file, &status) && S_ISREG(status.st_mode)
    ? b->file : -1;
}

ssize_t source_fail(source *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(s->problem, sizeof s->problem, format, arguments);
  va_end(arguments);
  errno = EIO;
  return -1;
}
