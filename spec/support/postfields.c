/* postfields.c: what a plain libcurl program does: two POSTs through
** CURLOPT_POSTFIELDS over one kept connection. It prints how each ended. */
#include <curl/curl.h>
#include <stdio.h>

static size_t drop(char *bytes, size_t size, size_t count, void *user) {
  (void)bytes, (void)user;
  return size * count;
}

int main(int argc, char **argv) {
  CURL *easy = curl_easy_init();
  int i;
  if (argc < 2) return 1;
  curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
  for (i = 0; i < 2; i++) printf("%d\n", (int)curl_easy_perform(easy));
  curl_easy_cleanup(easy);
  return 0;
}
