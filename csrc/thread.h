/* thread.h: threads that take no signals: these are for the threads that the
** program has made itself. */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>

#pragma GCC visibility push(hidden)

/* 0 where it does not start. */
int thread_start(pthread_t *thread, void *work(void *), void *user);

/* Where it was started, beside the one that started it, a thread may stay for
** some milliseconds, as long as that one runs: they would run in turns. */
void thread_move_away(pthread_t thread);

#pragma GCC visibility pop

#endif
