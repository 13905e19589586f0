/* multi.c: what libcurl alone can do: posts each line of a file, and looks at
** no answer.
**
**   multi BODIES URL CONCURRENCY */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct curl_slist *headers;
static char *line;
static size_t room;

static size_t ignore(char *bytes, size_t size, size_t count, void *user) {
  (void)bytes, (void)user;
  return size * count;
}

/* Posts the next line; 0 where there is none. */
static int post_next(FILE *bodies, CURLM *multi, CURL *easy, const char *url) {
  ssize_t length = getline(&line, &room, bodies);
  if (length <= 0) return 0;
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)length);
  curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, line);
  return curl_multi_add_handle(multi, easy) == CURLM_OK;
}

static int take_ended(FILE *bodies, CURLM *multi, const char *url) {
  CURLMsg *message;
  int left, ended = 0;
  while ((message = curl_multi_info_read(multi, &left))) {
    CURL *easy = message->easy_handle;
    if (message->data.result != CURLE_OK) exit(1);
    curl_multi_remove_handle(multi, easy);
    if (!post_next(bodies, multi, easy, url)) ended++;
  }
  return ended;
}

int main(int argc, char **argv) {
  int i, running, flying = 0;
  FILE *bodies = argc > 3 ? fopen(argv[1], "r") : NULL;
  CURLM *multi = curl_multi_init();
  if (!bodies) return fprintf(stderr, "multi BODIES URL CONCURRENCY\n"), 2;
  headers = curl_slist_append(NULL, "Content-Type: application/json");
  headers = curl_slist_append(headers, "api-version: 3.3");
  headers = curl_slist_append(headers, "Expect:");
  for (i = 0; i < atoi(argv[3]); i++)
    flying += post_next(bodies, multi, curl_easy_init(), argv[2]);
  while (flying) {
    curl_multi_perform(multi, &running);
    flying -= take_ended(bodies, multi, argv[2]);
    if (flying) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  return 0;
}
