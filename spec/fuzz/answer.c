/* fuzz: an answer of addCredentials: what is read of it lies in it, and no text
** grows without its escapes. */
#include "answer.h"
#include "target.h"

static void look(slice whole, slice text) {
  char *plain = malloc(text.length + 1);
  if (text.length)
    must(text.bytes >= whole.bytes &&
         text.bytes + text.length <= whole.bytes + whole.length);
  must(answer_plain(text, plain) <= text.length);
  free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  slice whole = text_slice((const char *)data, size);
  answer a;
  answer_row row;
  int i;
  if (!answer_begin(&a, whole)) return 0;
  look(whole, a.campaign);
  while (answer_next(&a, &row) > 0) {
    must(row.texts[0].length >= 8 && row.status < 10);
    for (i = 0; i < ANSWER_TEXTS; i++) look(whole, row.texts[i]);
  }
  return 0;
}
