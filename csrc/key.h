/* key.h: a secret that requests carry, in memory that only C sees. */
#ifndef KEY_H
#define KEY_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define KEY_MOST 4096 /* bytes; API keys have some forty, tokens 2,000 */
#define KEY_LEAST 8   /* bytes of a key that an answer may be searched for */

/* What a secret is called, and where it is read from. */
typedef struct key_kind {
  const char *name;     /* for people: "API key" */
  const char *before;   /* what stands before it in a header: "secretKey: " */
  const char *variable; /* of the environment; with _FILE it names a file */
} key_kind;

extern const key_kind key_of_sertifier, key_of_app, key_of_session;

/* The key as a request's header line, in pages of its own: locked where the
** system allows it, left out of core dumps, wiped when closed. */
typedef struct key {
  char *header; /* "secretKey: …", NULL while closed */
  char *text;   /* the key itself, in it */
} key;

/* Reads the key from a file, or where `file` is NULL from the environment.
** NULL, or what is wrong, written to `problem`; it never holds the key. */
const char *key_open(key *k, const key_kind *kind, const char *file,
                     char *problem, size_t size);

/* Keeps a text as a key; NULL, or what is wrong with it. */
const char *key_keep(key *k, const key_kind *kind, const char *text);

/* Why no secret is to be taken from a file, by whomever; NULL where it may. */
const char *key_file_problem(const char *path);

void key_close(key *k);

/* Puts stars where an answer repeats the key: what a server says may be told,
** and kept. One of few letters would cover other text. */
void key_cover(const key *k, char *bytes, size_t length);

/* For a program that opens its clients and lives for them alone: wipes the
** copies of secrets that stand in the environment, where /proc shows them and
** children inherit them, and lets this process leave no core dump. */
void key_hide(void);

#pragma GCC visibility pop

#endif
