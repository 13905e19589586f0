/* commits.c: the writers of one file in this process: see commits.h. */
#include "commits.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct commits {
  commits *next;
  char *path;
  int users;
  pthread_mutex_t inside;
  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t ended;
  unsigned long asked, flushed; /* flushes, counted */
  int is_flushing;
  int error;
};

/* A process's threads have nothing else in common than the process. */
static commits *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- opening ---- */

static void free_commits(commits *c) {
  free(c->path);
  free(c);
}

static commits *add(const char *path) {
  commits *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->path = strdup(path);
  if (!c->path) return free_commits(c), NULL;
  pthread_mutex_init(&c->inside, NULL);
  pthread_mutex_init(&c->lock, NULL);
  pthread_cond_init(&c->ended, NULL);
  c->next = all;
  all = c;
  return c;
}

commits *commits_open(const char *path) {
  commits *c;
  pthread_mutex_lock(&all_lock);
  for (c = all; c && strcmp(c->path, path) != 0; c = c->next) {}
  if (!c) c = add(path);
  if (c) c->users++;
  pthread_mutex_unlock(&all_lock);
  return c;
}

static void take_out(commits *c) {
  commits **at = &all;
  while (*at != c) at = &(*at)->next;
  *at = c->next;
  pthread_cond_destroy(&c->ended);
  pthread_mutex_destroy(&c->lock);
  pthread_mutex_destroy(&c->inside);
  free_commits(c);
}

void commits_close(commits *c) {
  pthread_mutex_lock(&all_lock);
  if (!--c->users) take_out(c);
  pthread_mutex_unlock(&all_lock);
}

/* ---- writing ---- */

void commits_enter(commits *c) {
  pthread_mutex_lock(&c->inside);
}

void commits_leave(commits *c) {
  pthread_mutex_unlock(&c->inside);
}

static int flush_file(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC), error;
  if (file < 0) return errno;
  error = fdatasync(file) ? errno : 0;
  close(file);
  return error;
}

/* Flushes for all who have asked so far; the lock is held, but not meanwhile. */
static void lead(commits *c) {
  unsigned long asked = c->asked;
  int error;
  c->is_flushing = 1;
  pthread_mutex_unlock(&c->lock);
  error = flush_file(c->path);
  pthread_mutex_lock(&c->lock);
  c->is_flushing = 0;
  c->flushed = asked;
  if (error) c->error = error;
  pthread_cond_broadcast(&c->ended);
}

int commits_flush(commits *c, unsigned long *number) {
  unsigned long mine;
  int error;
  pthread_mutex_lock(&c->lock);
  *number = mine = ++c->asked;
  while (c->flushed < mine && !c->error)
    if (c->is_flushing) pthread_cond_wait(&c->ended, &c->lock);
    else lead(c);
  error = c->error;
  pthread_mutex_unlock(&c->lock);
  return error;
}
