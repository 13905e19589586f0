/* fuzz: values: what is taken is of its form, and reads back as itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = malloc(size + 1), out[VALUE_ID], again[VALUE_ID];
  slice text;
  double number;
  int truth, is_date;
  int64_t time, day;
  memcpy(copy, data, size);
  text = text_slice(copy, size);
  value_boolean(text, &truth);
  value_number(text, &number);
  if (value_id(text, out)) {
    must(value_id(text_slice(out, VALUE_ID), again));
    must(!memcmp(out, again, VALUE_ID));
    must(value_id(text_slice(out, 15), again) && !memcmp(out, again, VALUE_ID));
  }
  if (value_date(text, out)) {
    must(value_time(text, &time, &is_date));
    must(value_time(text_slice(out, VALUE_DATE), &day, &is_date) && is_date);
    must(day <= time && time <= day + 86400000 + 1000); /* a leap second */
  }
  free(copy);
  return 0;
}
