/* thread.c: threads that take no signals. */
#define _GNU_SOURCE /* CPUs */
#include "thread.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>

int thread_start(pthread_t *thread, void *work(void *), void *user) {
  sigset_t all, before;
  int failed;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  failed = pthread_create(thread, NULL, work, user);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return !failed;
}

void thread_move_away(pthread_t thread) {
#ifdef __linux__
  cpu_set_t all, others;
  if (sched_getaffinity(0, sizeof all, &all)) return;
  others = all;
  CPU_CLR((size_t)sched_getcpu(), &others);
  if (!CPU_COUNT(&others)) return;
  (void)pthread_setaffinity_np(thread, sizeof others, &others);
  (void)pthread_setaffinity_np(thread, sizeof all, &all); /* it stays there */
#else
  (void)thread;
#endif
}
