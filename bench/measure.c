/* Runs a command with its output thrown away, and prints what it took:
** wall seconds, CPU seconds, peak resident KiB, exit status, and when it began,
** on the clock that starts with the machine. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds_of(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void command_run(char **command) {
  int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0) _exit(126);
  execvp(command[0], command);
  _exit(127);
}

int main(int argc, char **argv) {
  struct rusage used;
  int status;
  double start = seconds_now(), end;
  pid_t child = argc > 1 ? fork() : -1;
  if (child == 0) command_run(argv + 1);
  if (child < 0 || wait4(child, &status, 0, &used) < 0) {
    fprintf(stderr, "measure: cannot run a command; usage: measure COMMAND...\n");
    return 1;
  }
  end = seconds_now();
  printf("%.6f %.6f %ld %d %.6f\n", end - start,
         seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
         start);
  return 0;
}
