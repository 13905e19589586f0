/* url.h: which addresses a key may be sent to. */
#ifndef URL_H
#define URL_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* The address without a slash at its end, to be freed; `*is_plain` where it is
** http. NULL and the problem where a key must not go there. `service` says whose
** it is. */
char *url_base(const char *text, const char *service, int *is_plain,
               char *problem, size_t size);

/* Whether a text can be the path and query of a request. */
int url_is_path(const char *path);

#pragma GCC visibility pop

#endif
