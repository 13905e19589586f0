/* body.h: what a request sends, shared by all who need it: any text, or the
** JSON of credentials that are to be issued. */
#ifndef BODY_H
#define BODY_H

#include "buffer.h"
#include "text.h"

#pragma GCC visibility push(hidden)

typedef struct body {
  size_t holders;
  buffer text;
  buffer ends; /* of size_t: where in the text each credential ends */
} body;

/* With one holder; NULL without memory. */
body *body_open(void);            /* of credentials: none so far */
body *body_of_text(slice text);   /* copied */
body *body_hold(body *b);
void body_release(body *b); /* the last holder wipes and frees it */

/* Adds a credential's JSON; 0 without memory. Only as long as nobody else holds
** the body. */
int body_add(body *b, slice credential);

size_t body_count(const body *b); /* of credentials */

/* The JSON of one of them. */
slice body_credential(const body *b, size_t index);

/* Gives back the memory that it does not need: nothing is added any more. */
void body_fit(body *b);

#pragma GCC visibility pop

#endif
