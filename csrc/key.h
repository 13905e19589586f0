/* key.h: Sertifier's private API key, in memory that only C sees. */
#ifndef KEY_H
#define KEY_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define KEY_MOST 4096 /* bytes; Sertifier's keys have some forty */

/* The key as a request's header line, in pages of its own: locked where the
** system allows it, left out of core dumps, wiped when closed. */
typedef struct key {
  char *header; /* "secretKey: …", NULL while closed */
} key;

/* Reads the key from a file, or where `file` is NULL from the environment:
** SERTIFIER_SECRET_KEY, or the file that SERTIFIER_SECRET_KEY_FILE names.
** NULL, or what is wrong, written to `problem`; it never holds the key. */
const char *key_open(key *k, const char *file, char *problem, size_t size);

void key_close(key *k);

/* For a program that opens one client and lives for it alone: wipes the copy
** of the key that stands in the environment, where /proc shows it and children
** inherit it, and lets this process leave no core dump. */
void key_hide(void);

#pragma GCC visibility pop

#endif
