/* assertion.h: what proves to an org who asks: a JWT, signed with the private
** key of a connected app by the `openssl` program: the key is never in this
** process. */
#ifndef ASSERTION_H
#define ASSERTION_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

typedef struct assertion {
  const char *key_file;
  const char *client_id, *username, *audience; /* without quotes in them */
} assertion;

/* Adds one, good for three minutes. NULL; or a word of what went wrong, with
** the problem. */
const char *assertion_add(const assertion *a, buffer *to, char *problem,
                          size_t size);

#pragma GCC visibility pop

#endif
