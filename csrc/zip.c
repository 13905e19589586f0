/* zip.c: the list of the files in a ZIP, from its central directory. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack.h"

#define TAIL 22          /* of a ZIP, without its comment */
#define ENTRY 46         /* of the directory, without its name */
#define MOST_COMMENT 65535

static uint32_t number(const char *bytes, int count) {
  uint32_t value = 0;
  while (count--) value = value << 8 | (unsigned char)bytes[count];
  return value;
}

/* Bytes of the file, with one more for a NUL; NULL where it has not so many. */
static char *file_bytes(int file, size_t from, size_t length) {
  char *bytes = malloc(length + 1);
  size_t at = 0;
  while (bytes && at < length) {
    ssize_t got = pread(file, bytes + at, length - at, (off_t)(from + at));
    if (got <= 0) return free(bytes), NULL;
    at += (size_t)got;
  }
  return bytes;
}

/* The directory's end record: where the last one of its signature stands. */
static const char *find_tail(const char *bytes, size_t length) {
  size_t at;
  for (at = length - TAIL + 1; at-- > 0;)
    if (!memcmp(bytes + at, "PK\5\6", 4)) return bytes + at;
  return NULL;
}

/* Where the directory stands, and how many entries it says to have. */
static int read_tail(int file, size_t size, size_t *from, size_t *length) {
  size_t tail = size < TAIL + MOST_COMMENT ? size : TAIL + MOST_COMMENT;
  char *bytes = size < TAIL ? NULL : file_bytes(file, size - tail, tail);
  const char *found = bytes ? find_tail(bytes, tail) : NULL;
  int count = -1;
  if (found) {
    count = (int)number(found + 10, 2);
    *length = number(found + 12, 4);
    *from = number(found + 16, 4);
  }
  free(bytes);
  return count;
}

static size_t read_entry(const char *bytes, size_t left, zip_entry *entry) {
  size_t name, length;
  uint32_t method;
  if (left < ENTRY || memcmp(bytes, "PK\1\2", 4) != 0) return 0;
  name = number(bytes + 28, 2);
  length = ENTRY + name + number(bytes + 30, 2) + number(bytes + 32, 2);
  if (length > left) return 0;
  method = number(bytes + 10, 2);
  entry->is_packed = method == 8;
  /* Not one that is encrypted, or too large for the fields of a plain ZIP. */
  entry->is_known = (method == 8 || method == 0) &&
                    !(number(bytes + 8, 2) & 1) &&
                    number(bytes + 20, 4) != UINT32_MAX;
  entry->crc = number(bytes + 16, 4);
  entry->packed = number(bytes + 20, 4);
  entry->size = number(bytes + 24, 4);
  entry->header = number(bytes + 42, 4);
  entry->name = text_slice(bytes + ENTRY, name);
  return length;
}

/* One block: the list, and behind it the directory's bytes for the names. */
static zip_entry *make_list(const char *bytes, size_t length, int count) {
  size_t size = (size_t)count * sizeof(zip_entry), at = 0;
  zip_entry *list = malloc(size + length + 1);
  char *names;
  int i;
  if (!list) return NULL;
  names = (char *)list + size;
  if (length) memcpy(names, bytes, length);
  for (i = 0; i < count; i++) {
    size_t passed = read_entry(names + at, length - at, &list[i]);
    if (!passed) return free(list), NULL;
    at += passed;
  }
  return list;
}

int zip_list(int file, zip_entry **list) {
  struct stat status;
  size_t from = 0, length = 0;
  char *bytes;
  int count;
  *list = NULL;
  if (fstat(file, &status)) return -1;
  count = read_tail(file, (size_t)status.st_size, &from, &length);
  if (count < 0 || length > (size_t)status.st_size) return -1;
  bytes = file_bytes(file, from, length);
  if (bytes) *list = make_list(bytes, length, count);
  free(bytes);
  return *list ? count : -1;
}
