/* quoted.h: what stands between the quotes of a text in JSON. */
#ifndef QUOTED_H
#define QUOTED_H

#include "text.h"

#pragma GCC visibility push(hidden)

/* How long a text is up to its quote; -1 where there is none, or before it what
** is no text, or has an escape of two for one character. */
ptrdiff_t quoted_length(slice text);

/* Of such a text: writes it without its escapes; it is not longer than with
** them. */
size_t quoted_plain(slice text, char *to);

/* Whether it is, without its escapes, another text. */
int quoted_is(slice text, slice plain);

#pragma GCC visibility pop

#endif
