/* unpack.c: stages that inflate: .gz, and the files in a .zip. */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define ROOM (64 * 1024)
#define LOCAL_HEADER 30

typedef struct unpack {
  source base;
  z_stream z;
  int is_packed;
  int whole;      /* the packed text has come to its end */
  zip_entry entry;
  off_t at;       /* in the ZIP; 0: the local header was not read yet */
  uint32_t left;  /* of the ZIP's packed bytes */
  uint32_t crc;
  unsigned char room[ROOM];
} unpack;

static void unpack_close(source *s) {
  unpack *u = (unpack *)s;
  inflateEnd(&u->z);
  free(u);
}

/* ---- gzip ---- */

/* More packed bytes: 1, 0 at their end, -1 where reading fails. */
static int gzip_fill(unpack *u) {
  ssize_t got = source_read(u->base.below, (char *)u->room, ROOM);
  u->z.next_in = u->room;
  u->z.avail_in = got > 0 ? (uInt)got : 0;
  return got < 0 ? -1 : got > 0;
}

/* A file may hold several texts, one after the other. */
static ssize_t gzip_read(source *s, char *bytes, size_t size) {
  unpack *u = (unpack *)s;
  u->z.next_out = (unsigned char *)bytes;
  u->z.avail_out = (uInt)size;
  while (u->z.avail_out == size) {
    int filled = u->z.avail_in ? 1 : gzip_fill(u), result;
    if (filled < 0) return -1;
    if (!filled && u->whole) return 0;
    if (u->whole) inflateReset(&u->z);
    result = inflate(&u->z, Z_NO_FLUSH); /* may have kept some back */
    if (result == Z_BUF_ERROR)
      return source_fail(s, "is cut: the packed text ends before its end");
    u->whole = result == Z_STREAM_END;
    if (result != Z_OK && !u->whole)
      return source_fail(s, "is damaged: its packed text cannot be read");
  }
  return (ssize_t)(size - u->z.avail_out);
}

/* ---- zip ---- */

/* The packed bytes stand behind a header whose length only it knows. */
static int zip_start(unpack *u, int file) {
  unsigned char header[LOCAL_HEADER];
  off_t from = u->entry.header;
  if (pread(file, header, sizeof header, from) != LOCAL_HEADER ||
      memcmp(header, "PK\3\4", 4) != 0)
    return 0;
  u->at = from + LOCAL_HEADER + (header[26] | header[27] << 8) +
          (header[28] | header[29] << 8);
  u->left = u->entry.packed;
  return 1;
}

/* More packed bytes: 1, 0 at their end, -1 where the file has no more. */
static int zip_fill(unpack *u) {
  int file = source_file(u->base.below);
  size_t wanted;
  ssize_t got;
  if (!u->at && !zip_start(u, file)) return -1;
  wanted = u->left < ROOM ? u->left : ROOM;
  if (!wanted) return 0;
  got = pread(file, u->room, wanted, u->at);
  if (got <= 0) return -1;
  u->at += got;
  u->left -= (uint32_t)got;
  u->z.next_in = u->room;
  u->z.avail_in = (uInt)got;
  return 1;
}

static int zip_copy(z_stream *z) {
  uInt length = z->avail_in < z->avail_out ? z->avail_in : z->avail_out;
  memcpy(z->next_out, z->next_in, length);
  z->next_in += length;
  z->avail_in -= length;
  z->avail_out -= length;
  return Z_OK;
}

/* At the end of what is packed: is it what was put in? */
static ssize_t zip_end(unpack *u) {
  if (u->crc == u->entry.crc) return 0;
  return source_fail(&u->base, "is damaged: the checksum in the ZIP differs");
}

static ssize_t zip_read(source *s, char *bytes, size_t size) {
  unpack *u = (unpack *)s;
  size_t got;
  u->z.next_out = (unsigned char *)bytes;
  u->z.avail_out = (uInt)size;
  while (u->z.avail_out == size && !u->whole) {
    int filled = u->z.avail_in ? 1 : zip_fill(u), result;
    if (filled < 0) return source_fail(s, "is cut: the ZIP is not whole");
    u->whole = !filled && !u->is_packed;
    if (u->whole) break;
    result = u->is_packed ? inflate(&u->z, Z_NO_FLUSH) : zip_copy(&u->z);
    if (result == Z_BUF_ERROR)
      return source_fail(s, "is damaged: its packed text is cut");
    u->whole = result == Z_STREAM_END;
    if (result != Z_OK && !u->whole)
      return source_fail(s, "is damaged: its packed text cannot be read");
  }
  got = size - u->z.avail_out;
  u->crc = (uint32_t)crc32(u->crc, (const unsigned char *)bytes, (uInt)got);
  return got ? (ssize_t)got : zip_end(u);
}

/* ---- opening ---- */

static unpack *unpack_new(source *below, int window) {
  unpack *u = calloc(1, sizeof *u);
  if (!u) return NULL;
  u->base.below = below;
  u->base.close = unpack_close;
  if (inflateInit2(&u->z, window) == Z_OK) return u;
  free(u);
  return NULL;
}

source *unpack_gzip(source *below) {
  unpack *u = unpack_new(below, MAX_WBITS + 16);
  if (!u) return NULL;
  u->base.read = gzip_read;
  return &u->base;
}

source *unpack_entry(source *below, const zip_entry *entry) {
  unpack *u = unpack_new(below, -MAX_WBITS);
  if (!u) return NULL;
  u->base.read = zip_read;
  u->is_packed = entry->is_packed;
  u->entry = *entry;
  return &u->base;
}
