/* fuzz: what is packed: any bytes as a .gz, and as a .zip with all its files. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unpack.h"
#include "target.h"

static void read_all(source *s) {
  char room[5000];
  size_t total = 0;
  ssize_t got;
  while ((got = source_read(s, room, sizeof room)) > 0 && total < 1 << 24)
    total += (size_t)got;
  if (got < 0 && !*source_problem(s)) abort();
  source_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int file = memfd_create("export", 0), i, count;
  char path[40];
  zip_entry *list = NULL;
  if (file < 0 || write(file, data, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  read_all(unpack_gzip(source_text(text_slice((const char *)data, size))));
  count = zip_list(file, &list);
  for (i = 0; i < count; i++)
    if (list[i].is_known) read_all(unpack_entry(source_open(path), &list[i]));
  free(list);
  close(file);
  return 0;
}
