/* fuzz: a token's answer: what is found in it lies in it, and what is copied
** out of it ends where it must. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
  if (!holds) abort();
}

static void look_up(slice object, const char *name, size_t room) {
  char *text = malloc(room);
  slice value;
  int is_there = member_find(object, name, &value);
  if (is_there) {
    must(value.bytes >= object.bytes);
    must(value.bytes + value.length <= object.bytes + object.length);
  }
  must(member_text(object, name, text, room) <= is_there);
  must(memchr(text, '\0', room) != NULL);
  free(text);
}

/* What is kept is printable, whatever the answer has. */
static void keep(slice object) {
  char text[2 * KEY_MOST];
  key k = {NULL, NULL};
  const char *c;
  if (!member_text(object, "access_token", text, sizeof text)) return;
  if (key_keep(&k, &key_of_session, text)) {
    must(!k.header);
    return;
  }
  must(*k.text && strlen(k.text) <= KEY_MOST);
  for (c = k.text; *c; c++) must(*c > ' ' && *c < 127);
  key_close(&k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  slice object = text_slice((const char *)data, size), result;
  size_t room = 1 + size % 40;
  look_up(object, "access_token", room);
  look_up(object, "instance_url", room);
  if (member_find(object, "result", &result)) look_up(result, "", room);
  keep(object);
  return 0;
}
