/* cutting.c: a TCP proxy on loopback that cuts a connection after the byte
** that it is told.
**
** cutting PORT LOG: it goes between its clients and PORT, ends when standard
** input does, and writes its own port to LOG; then for each exchange, when it
** is over, its number and the bytes of its request and answer, with number 0
** for those of a whole connection. A line of standard input is the one cut to
** come: `request|answer EXCHANGE BYTES fin|reset|stall`. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST, ANSWER, MOST = 64 };

typedef struct link {
  int ends[2];     /* the client, the server; -1 where closed */
  int is_cut;      /* what the client still sends goes nowhere */
  int exchange;    /* its number, from 1 */
  long bytes[2];   /* of this exchange's request and answer */
  long total[2];   /* of the connection's */
} link_t;

static struct cut {
  int is_set, way, exchange;
  long bytes;
  char how[8];
} cut;

static link_t links[MOST];
static int count, listener;
static struct sockaddr_in upstream;
static FILE *report;

/* ---- cutting ---- */

static void tell_exchange(const link_t *l) {
  fprintf(report, "%d %ld %ld\n", l->exchange, l->bytes[0], l->bytes[1]);
  fflush(report);
}

static void close_end(link_t *l, int end) {
  if (l->ends[end] >= 0) close(l->ends[end]);
  l->ends[end] = -1;
}

static void close_link(link_t *l) {
  tell_exchange(l);
  fprintf(report, "0 %ld %ld\n", l->total[0], l->total[1]);
  fflush(report);
  close_end(l, 0);
  close_end(l, 1);
}

static void reset_link(link_t *l) {
  struct linger now = {1, 0};
  setsockopt(l->ends[0], SOL_SOCKET, SO_LINGER, &now, sizeof now);
  setsockopt(l->ends[1], SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close_link(l);
}

static void do_cut(link_t *l) {
  cut.is_set = 0;
  l->is_cut = 1;
  if (cut.how[0] == 'r') {
    reset_link(l);
  } else if (cut.how[0] == 'f') {
    shutdown(l->ends[0], SHUT_WR);
    close_end(l, 1);
  } /* a stall: both stay open, and nothing passes */
}

/* How many bytes may still pass this way; -1 where no cut is ahead. */
static long left(const link_t *l, int way) {
  if (!cut.is_set || cut.way != way) return -1;
  if (cut.exchange == 0) return cut.bytes - l->total[way];
  return cut.exchange == l->exchange ? cut.bytes - l->bytes[way] : -1;
}

/* ---- passing bytes ---- */

static void next_exchange(link_t *l) {
  tell_exchange(l);
  l->exchange++;
  l->bytes[0] = l->bytes[1] = 0;
}

static void pass(link_t *l, int way) {
  char bytes[65536];
  ssize_t got;
  long room;
  if (way == REQUEST && l->bytes[ANSWER]) next_exchange(l);
  room = left(l, way);
  if (room == 0) {
    do_cut(l);
    return;
  }
  got = recv(l->ends[way], bytes,
             room > 0 && room < (long)sizeof bytes ? (size_t)room
                                                   : sizeof bytes, 0);
  if (got <= 0 || send(l->ends[!way], bytes, (size_t)got, MSG_NOSIGNAL) < 0) {
    close_link(l);
    return;
  }
  l->bytes[way] += got;
  l->total[way] += got;
  if (left(l, way) == 0) do_cut(l);
}

static void drain(link_t *l) {
  char bytes[4096];
  if (recv(l->ends[0], bytes, sizeof bytes, 0) <= 0) close_link(l);
}

static void serve(link_t *l, short client, short server) {
  if (l->is_cut) {
    if (client) drain(l);
    return;
  }
  if (client) pass(l, REQUEST);
  if (server && !l->is_cut && l->ends[0] >= 0) pass(l, ANSWER);
}

/* ---- connections ---- */

static void new_link(void) {
  link_t l = {{-1, -1}, 0, 1, {0, 0}, {0, 0}};
  l.ends[0] = accept(listener, NULL, NULL);
  l.ends[1] = socket(AF_INET, SOCK_STREAM, 0);
  if (count == MOST ||
      connect(l.ends[1], (struct sockaddr *)&upstream, sizeof upstream)) {
    close_end(&l, 0);
    close_end(&l, 1);
    return;
  }
  links[count++] = l;
}

static void forget_closed(void) {
  int i, kept = 0;
  for (i = 0; i < count; i++)
    if (links[i].ends[0] >= 0) links[kept++] = links[i];
  count = kept;
}

/* Takes a command; 0 at the end of standard input. */
static int take_command(void) {
  char line[128], way[16];
  ssize_t got = read(0, line, sizeof line - 1);
  if (got <= 0) return 0;
  line[got] = '\0';
  cut.is_set = sscanf(line, "%15s %d %ld %7s", way, &cut.exchange, &cut.bytes,
                      cut.how) == 4;
  cut.way = way[0] == 'a' ? ANSWER : REQUEST;
  return 1;
}

static void wait_and_serve(void) {
  struct pollfd polled[2 + 2 * MOST] = {{0, POLLIN, 0}, {listener, POLLIN, 0}};
  int i, known = count;
  for (i = 0; i < known; i++) {
    polled[2 + 2 * i].fd = links[i].ends[0];
    polled[3 + 2 * i].fd = links[i].is_cut ? -1 : links[i].ends[1];
    polled[2 + 2 * i].events = polled[3 + 2 * i].events = POLLIN;
  }
  poll(polled, (nfds_t)(2 + 2 * known), -1);
  if (polled[0].revents && !take_command()) exit(0);
  for (i = 0; i < known; i++)
    serve(&links[i], polled[2 + 2 * i].revents, polled[3 + 2 * i].revents);
  forget_closed();
  if (polled[1].revents) new_link();
}

int main(int argc, char **argv) {
  struct sockaddr_in own = {.sin_family = AF_INET};
  socklen_t size = sizeof own;
  if (argc != 3 || !(report = fopen(argv[2], "a"))) return 2;
  own.sin_addr.s_addr = upstream.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  upstream.sin_family = AF_INET;
  upstream.sin_port = htons((unsigned short)atoi(argv[1]));
  listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&own, size) || listen(listener, MOST) ||
      getsockname(listener, (struct sockaddr *)&own, &size)) return 1;
  fprintf(report, "%d\n", ntohs(own.sin_port));
  fflush(report);
  for (;;) wait_and_serve();
}
