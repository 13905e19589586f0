/* sockets.h: what libcurl waits for: its sockets and its next time-out.
**
** curl_multi_perform looks at every request each time, with a system call or two
** for each; here one call looks at all sockets, and only those where something
** has come are gone on with. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <curl/curl.h>
#include <poll.h>

#pragma GCC visibility push(hidden)

typedef struct sockets {
  struct pollfd *list, *ready;
  size_t count, room;
  double due; /* on the monotonic clock; < 0: there is no time-out */
} sockets;

double sockets_now(void); /* seconds, on the monotonic clock */

/* Has `multi` say what it waits for; `s` is all zero, and stays where it is. */
void sockets_open(sockets *s, CURLM *multi);
void sockets_close(sockets *s); /* after the multi handle */

/* Has room for what so many requests wait for; 0 without memory. */
int sockets_expect(sockets *s, size_t requests);

/* Waits for `seconds` at the most, and goes on with what is due. */
void sockets_go_on(sockets *s, CURLM *multi, double seconds);

#pragma GCC visibility pop

#endif
