/* unpack.h: stages that read what is packed: .gz, and the files in a .zip. */
#ifndef UNPACK_H
#define UNPACK_H

#include "source.h"

#pragma GCC visibility push(hidden)

/* A stage on packed bytes; NULL without memory, and then `below` stays open. */
source *unpack_gzip(source *below);

/* A file in a ZIP. */
typedef struct zip_entry {
  slice name; /* in the list's own memory */
  int is_packed, is_known; /* deflated or stored; neither is known */
  uint32_t crc, packed, size, header; /* where its local header starts */
} zip_entry;

/* The entries of a ZIP, which must be a regular file: `*list` is to be freed;
** how many, or -1 where it is no whole ZIP. */
int zip_list(int file, zip_entry **list);

/* A stage on the ZIP's file; NULL without memory, and then `below` stays open.
** What is not as it should be shows when it is read. */
source *unpack_entry(source *below, const zip_entry *entry);

#pragma GCC visibility pop

#endif
