/* decode.h: a stage that turns text of any encoding into UTF-8. */
#ifndef DECODE_H
#define DECODE_H

#include "source.h"

#pragma GCC visibility push(hidden)

/* What stands in the place of bytes that the encoding does not have: no text
** in UTF-8 holds it, so that what it stands in is told as at fault. */
#define DECODE_BAD '\xFF'

/* NULL with errno EINVAL where the C library does not know the encoding, and
** ENOMEM; then `below` stays open. */
source *decode_open(source *below, const char *encoding);

#pragma GCC visibility pop

#endif
