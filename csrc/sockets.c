/* sockets.c: what libcurl waits for: its sockets and its next time-out. */
#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST_WAIT 60 /* seconds, in one call */
#define EACH 4 /* sockets of a request: to two addresses at once, and to who finds
               ** them; and one that is kept */

double sockets_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- what libcurl calls; no Lua here ---- */

/* The socket's place, which is the last one where it is new. */
static size_t place_of(const sockets *s, curl_socket_t fd) {
  size_t i = 0;
  while (i < s->count && s->list[i].fd != fd) i++;
  return i;
}

static short events_of(int what) {
  return (short)((what & CURL_POLL_IN ? POLLIN : 0) |
                 (what & CURL_POLL_OUT ? POLLOUT : 0));
}

static int note_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                       void *own) {
  sockets *s = user;
  size_t i = place_of(s, fd);
  (void)easy, (void)own;
  if (what == CURL_POLL_REMOVE) {
    if (i < s->count) s->list[i] = s->list[--s->count];
    return 0;
  }
  if (i == s->room) return -1; /* which ends all of its requests */
  s->count += i == s->count;
  s->list[i].fd = fd;
  s->list[i].events = events_of(what);
  return 0;
}

static int note_timeout(CURLM *multi, long milliseconds, void *user) {
  sockets *s = user;
  (void)multi;
  s->due = milliseconds < 0 ? -1 : sockets_now() + (double)milliseconds / 1e3;
  return 0;
}

/* ---- waiting ---- */

void sockets_open(sockets *s, CURLM *multi) {
  s->due = -1;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, note_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, s);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, note_timeout);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, s);
}

void sockets_close(sockets *s) {
  free(s->list);
  free(s->ready);
}

static int grow(struct pollfd **list, size_t room) {
  struct pollfd *grown = realloc(*list, room * sizeof *grown);
  if (grown) *list = grown;
  return grown != NULL;
}

int sockets_expect(sockets *s, size_t requests) {
  size_t room = requests * EACH;
  if (room <= s->room) return 1;
  room *= 2;
  if (!grow(&s->list, room) || !grow(&s->ready, room)) return 0;
  s->room = room;
  return 1;
}

/* Milliseconds that may be waited: rounded up, so that nothing is asked twice. */
static int patience(const sockets *s, double seconds) {
  double left = s->due < 0 ? seconds : s->due - sockets_now();
  if (left > seconds) left = seconds;
  if (left > LONGEST_WAIT) left = LONGEST_WAIT;
  return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

static int mask_of(short events) {
  return (events & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
         (events & POLLOUT ? CURL_CSELECT_OUT : 0) |
         (events & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

/* A copy, as the list changes while they are gone on with. */
static size_t wait_for(sockets *s, double seconds) {
  size_t i, count = 0;
  if (poll(s->list, (nfds_t)s->count, patience(s, seconds)) <= 0) return 0;
  for (i = 0; i < s->count; i++)
    if (s->list[i].revents) s->ready[count++] = s->list[i];
  return count;
}

void sockets_go_on(sockets *s, CURLM *multi, double seconds) {
  size_t i, count = wait_for(s, seconds);
  int running;
  for (i = 0; i < count; i++)
    curl_multi_socket_action(multi, s->ready[i].fd,
                             mask_of(s->ready[i].revents), &running);
  if (s->due < 0 || s->due > sockets_now()) return;
  s->due = -1;
  curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
}
