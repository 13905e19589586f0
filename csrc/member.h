/* member.h: one member of an object in JSON, so that a secret in it is copied
** nowhere else. */
#ifndef MEMBER_H
#define MEMBER_H

#include "text.h"

#pragma GCC visibility push(hidden)

/* The value of a member of an object, as it stands there; 0 where the object
** has none, or is none. */
int member_find(slice object, const char *name, slice *value);

/* The text of a member that is one, without its escapes, cut where `to` ends;
** 0 where it is none. */
int member_text(slice object, const char *name, char *to, size_t size);

#pragma GCC visibility pop

#endif
