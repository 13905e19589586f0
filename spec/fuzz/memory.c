/* fuzz: a memory read from arbitrary text is written as what it reads again. */
#include "memory.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  memory *m = memory_open(), *again = memory_open();
  size_t place = 0, i;
  buffer text;
  if (!m || !again) abort();
  buffer_open(&text, (size_t)1 << 24);
  if (memory_read(m, text_slice((const char *)data, size))) {
    if (!memory_write(m, &place, (size_t)-1, &text)) abort();
    if (!memory_read(again, text_slice(text.bytes ? text.bytes : "",
                                       text.length)))
      abort();
    if (memory_count(again) != memory_count(m)) abort();
  }
  if (size >= MEMORY_ID && memory_count(m)) {
    const memory_entry *e = memory_find(m, (const char *)data);
    for (i = 0; e && i < 4; i++) (void)memory_value(m, e, i);
  }
  buffer_close(&text);
  memory_close(m);
  memory_close(again);
  return 0;
}
