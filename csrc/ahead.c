/* ahead.c: reads and marks the next stretch of an export in a thread. */
#include "ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "thread.h"

#define ROOM (256 * 1024)

enum state { IDLE, BEGUN, DONE, CLOSING };

struct ahead {
  lane_read *read;
  void *source;
  lane next;
  const char *rest;
  size_t rest_length;
  char delimiter;
  int error; /* errno of what failed, 0 where nothing did */
  enum state state;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  pthread_t thread;
};

/* ---- in the thread ---- */

/* The rest, and what is read behind it until there is enough; then the marks.
** What failed, or 0. */
static int advance(ahead *a) {
  lane *l = &a->next;
  size_t length = a->rest_length, enough;
  if (length + ROOM / 2 > l->capacity && !lane_grow(l, length + ROOM))
    return ENOMEM;
  enough = l->capacity < ROOM ? l->capacity : ROOM;
  memcpy(l->window, a->rest, length);
  l->start = 0;
  l->end = length;
  l->ended = 0;
  if (!lane_fill(l, enough, a->read, a->source)) return errno;
  stretch_mark(l->marks, l->window, l->end, a->delimiter);
  return 0;
}

static void set_state(ahead *a, enum state state) {
  pthread_mutex_lock(&a->mutex);
  a->state = state;
  pthread_cond_signal(&a->changed);
  pthread_mutex_unlock(&a->mutex);
}

static enum state wait_while(ahead *a, enum state state) {
  enum state now;
  pthread_mutex_lock(&a->mutex);
  while (a->state == state) pthread_cond_wait(&a->changed, &a->mutex);
  now = a->state;
  pthread_mutex_unlock(&a->mutex);
  return now;
}

/* One condition serves both sides: each waits for the other's state only. */
static void *work(void *user) {
  ahead *a = user;
  for (;;) {
    enum state now = wait_while(a, IDLE);
    if (now == DONE) now = wait_while(a, DONE);
    if (now == IDLE) continue;
    if (now == CLOSING) return NULL;
    a->error = advance(a);
    set_state(a, DONE);
  }
}

/* ---- outside ---- */

static void free_ahead(ahead *a) {
  lane_close(&a->next);
  pthread_mutex_destroy(&a->mutex);
  pthread_cond_destroy(&a->changed);
  free(a);
}

ahead *ahead_open(lane_read *read, void *source) {
  ahead *a = calloc(1, sizeof *a);
  if (!a) return NULL;
  a->read = read;
  a->source = source;
  pthread_mutex_init(&a->mutex, NULL);
  pthread_cond_init(&a->changed, NULL);
  if (lane_open(&a->next, ROOM) && thread_start(&a->thread, work, a)) return a;
  free_ahead(a);
  return NULL;
}

void ahead_close(ahead *a) {
  if (!a) return;
  wait_while(a, BEGUN);
  set_state(a, CLOSING);
  pthread_join(a->thread, NULL);
  free_ahead(a);
}

void ahead_begin(ahead *a, const char *rest, size_t length, char delimiter) {
  a->rest = rest;
  a->rest_length = length;
  a->delimiter = delimiter;
  set_state(a, BEGUN);
}

int ahead_is_begun(const ahead *a) {
  /* Only this side begins and takes; between them it is never idle. */
  return a->rest != NULL;
}

int ahead_take(ahead *a, lane *now) {
  lane made;
  wait_while(a, BEGUN);
  a->rest = NULL;
  errno = a->error;
  if (a->error) return 0;
  made = a->next;
  a->next = *now;
  *now = made;
  set_state(a, IDLE);
  return 1;
}
