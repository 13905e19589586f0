/* feed_parts.h: what a feed knows; for feed.c and feed_scan.c only. */
#ifndef FEED_PARTS_H
#define FEED_PARTS_H

#include "buffer.h"
#include "feed.h"

#pragma GCC visibility push(hidden)

#define FEED_ROOM (64 * 1024)

/* What a key means on the way to the records. */
enum word { OTHER, RECORDS, RESULT };

struct feed {
  feed_read *read;
  void *source;
  char room[FEED_ROOM];
  size_t at, end;
  int begun, ended, lines, cut;
  buffer around, record;
  int in_record;   /* bytes go to the record */
  int in_string, escaped;
  int in_junk;     /* the rest of the line is to be passed */
  size_t number;   /* where a number began in the buffer, + 1; 0: in none */
  size_t depth;    /* of open brackets */
  size_t list;     /* the depth at which the records stand; 0: in none */
  int had_list;    /* this text has, or had, one */
  char top;        /* the bracket that opened the text */
  char word[9];    /* the last string's first bytes */
  size_t word_length;
  enum word key[3]; /* by depth: of the value that stands there */
  int over, wrong; /* the record is too long; it holds what is no number */
  int is_out;      /* there was no memory for it */
  uint64_t line, start; /* where we are; where what is given began */
  const char *problem;
};

/* Goes through what was read; 1 where `*result` tells what was found. */
int feed_scan(feed *f, feed_result *result);

/* What it means that no more bytes come. */
feed_result feed_end(feed *f);

#pragma GCC visibility pop

#endif
