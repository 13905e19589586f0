/* responder.c: Sertifier's addCredentials as fast as it can be, for benches: it
** issues whatever it is asked for, and remembers nothing.
**
**   responder MILLISECONDS
**
** prints its port, serves until its input ends, and answers each request that
** many milliseconds after it was read. Of each connection it prints when its
** first request came. It reads what the peers write: JSON as a library makes it,
** members in any order. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../csrc/buffer.h"

#define MOST ((size_t)64 << 20)

typedef struct peer {
  int socket, is_due, is_known;
  buffer in, out;
  size_t written;
  double due;
  struct peer *next; /* who waits for the latency to pass, oldest first */
} peer;

static peer *first, **last = &first;
static int poller;
static double latency;
static unsigned long issued;

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- an answer ---- */

typedef struct span {
  const char *start;
  size_t length;
} span;

/* The text of a member between two places; empty where there is none. */
static span member(const char *from, const char *to, const char *name) {
  span found = {from, 0};
  const char *at = memmem(from, (size_t)(to - from), name, strlen(name)), *end;
  if (!at) return found;
  for (at += strlen(name); at < to && *at != '"'; at++) {}
  for (end = at + 1; end < to && *end != '"'; end++) end += *end == '\\';
  if (end >= to) return found;
  found.start = at + 1;
  found.length = (size_t)(end - at - 1);
  return found;
}

static void add(buffer *b, const char *text) {
  buffer_add(b, text, strlen(text));
}

static void add_span(buffer *b, span text) {
  buffer_add(b, text.start, text.length);
}

/* In no order, as a GUID is. */
static void make_id(char *id, size_t size) {
  unsigned long mixed = ++issued * 0x9E3779B97F4A7C15; /* no two are the same */
  snprintf(id, size, "%08lx-%04lx-4000-8000-c0ffee%06lx", mixed >> 32,
           mixed >> 16 & 0xFFFF, mixed & 0xFFFF);
}

static void add_row(buffer *b, const char *from, const char *to) {
  char id[40], number[24];
  make_id(id, sizeof id);
  snprintf(number, sizeof number, "%012lu", issued);
  add(b, "{\"id\":\""), add(b, id);
  add(b, "\",\"name\":\""), add_span(b, member(from, to, "\"name\":"));
  add(b, "\",\"email\":\""), add_span(b, member(from, to, "\"email\":"));
  add(b, "\",\"status\":1,\"certificateNo\":\""), add(b, number);
  add(b, "\",\"issueDate\":\"2025-01-01T00:00:00\",\"externalId\":\"");
  add_span(b, member(from, to, "\"externalId\":"));
  add(b, "\",\"certificateImageLink\":\"https://cdn.example.com/certificate/");
  add(b, id), add(b, ".png\",\"badgeImageLink\":\"https://cdn.example.com/badge/");
  add(b, id), add(b, ".png\",\"verificationLink\":\"https://verify.example.com/");
  add(b, "credential/"), add(b, id), add(b, "\"}");
}

/* One row for each object in the body's list; all are of the first's campaign. */
static void add_rows(buffer *b, const char *from, const char *to) {
  const char *end;
  while (from < to && (from = memchr(from, '{', (size_t)(to - from)))) {
    end = memchr(from, '}', (size_t)(to - from));
    if (!end) end = to;
    if (b->bytes[b->length - 1] == '}') add(b, ",");
    add_row(b, from, end);
    from = end;
  }
}

static void make_answer(peer *p, const char *body, size_t length) {
  char head[128];
  buffer *b = &p->out;
  size_t room = sizeof head - 1;
  const char *list = memchr(body, '[', length), *end = body + length;
  if (!list) list = end;
  b->length = 0;
  memset(buffer_reserve(b, room), ' ', room);
  b->length = room;
  add(b, "{\"message\":\"Credentials added successfully to campaigns.\",");
  add(b, "\"hasError\":false,\"validationErrors\":null,\"data\":{\"");
  add_span(b, member(list, end, "\"campaignId\":")), add(b, "\":[");
  add_rows(b, list, end), add(b, "]},\"content\":null}");
  length = (size_t)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
    b->length - room);
  p->written = room - length;
  memcpy(b->bytes + p->written, head, length);
}

/* ---- connections ---- */

static void close_peer(peer *p) {
  close(p->socket);
  buffer_close(&p->in);
  buffer_close(&p->out);
  free(p);
}

static void watch(peer *p, int how, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = p};
  epoll_ctl(poller, how, p->socket, &event);
}

static void write_answer(peer *p) {
  ssize_t n;
  p->is_due = 0;
  while (p->written < p->out.length) {
    n = write(p->socket, p->out.bytes + p->written, p->out.length - p->written);
    if (n < 0) return watch(p, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    p->written += (size_t)n;
  }
}

/* Its length in bytes, or 0 while it is not whole. */
static size_t request_length(peer *p, const char **body) {
  const char *end = memmem(p->in.bytes, p->in.length, "\r\n\r\n", 4), *line;
  size_t head, length = 0;
  if (!end) return 0;
  head = (size_t)(end - p->in.bytes) + 4;
  for (line = p->in.bytes; line < end; line = (const char *)memchr(line, '\n', head) + 1)
    if (!strncasecmp(line, "Content-Length:", 15)) length = strtoul(line + 15, NULL, 10);
  *body = p->in.bytes + head;
  return p->in.length >= head + length ? head + length : 0;
}

static void take_request(peer *p) {
  const char *body;
  size_t length = request_length(p, &body);
  if (!length) return;
  if (!p->is_known) printf("%.6f\n", seconds_now()), fflush(stdout);
  p->is_known = 1;
  make_answer(p, body, length - (size_t)(body - p->in.bytes));
  p->in.length = 0;
  if (latency <= 0) return write_answer(p);
  p->due = seconds_now() + latency;
  p->is_due = 1;
  p->next = NULL;
  *last = p;
  last = &p->next;
}

static void read_request(peer *p) {
  ssize_t n;
  do {
    char *to = buffer_reserve(&p->in, 1 << 16);
    n = to ? read(p->socket, to, 1 << 16) : 0;
    if (n > 0) p->in.length += (size_t)n;
  } while (n == 1 << 16);
  if (n == 0 && !p->is_due) return close_peer(p);
  take_request(p);
}

static void take_peer(int listener) {
  int on = 1, socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  peer *p = calloc(1, sizeof *p);
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  buffer_open(&p->in, MOST);
  buffer_open(&p->out, MOST);
  p->socket = socket;
  watch(p, EPOLL_CTL_ADD, EPOLLIN);
}

/* Answers what is due. How long until the next is, in microseconds; -1: none. */
static long answer_due(void) {
  double now = seconds_now();
  while (first && first->due <= now) {
    peer *p = first;
    first = p->next;
    if (!first) last = &first;
    write_answer(p);
  }
  return first ? (long)((first->due - now) * 1e6) + 1 : -1;
}

static int listen_and_tell(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 512)) exit(1);
  getsockname(listener, (struct sockaddr *)&at, &size);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

static void turn(int listener) {
  struct epoll_event events[64];
  long wait = answer_due();
  struct timespec until = {wait / 1000000, wait % 1000000 * 1000};
  int i, n = epoll_pwait2(poller, events, 64, wait < 0 ? NULL : &until, NULL);
  for (i = 0; i < n; i++) {
    peer *p = events[i].data.ptr;
    if (!p) take_peer(listener);
    else if (p->socket < 0) exit(0);
    else if (events[i].events & EPOLLOUT) watch(p, EPOLL_CTL_MOD, EPOLLIN), write_answer(p);
    else read_request(p);
  }
}

int main(int argc, char **argv) {
  static peer input = {.socket = -1};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  int listener = listen_and_tell();
  latency = argc > 1 ? atof(argv[1]) / 1000 : 0;
  poller = epoll_create1(EPOLL_CLOEXEC);
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  event.data.ptr = &input;
  epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
  for (;;) turn(listener);
}
