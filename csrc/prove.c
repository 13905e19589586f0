/* prove.c: what the values of a column prove about how it is to be read. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "decimal.h"
#include "rows.h"
#include "value.h"

#define OPEN '\1'    /* nothing was seen that tells */
#define NOTHING '\0' /* it needs no form */

static int has_both_cases(slice id) {
  size_t i;
  int upper = 0, lower = 0;
  for (i = 0; i < id.length; i++) {
    upper |= (unsigned)(id.bytes[i] - 'A') < 26;
    lower |= (unsigned)(id.bytes[i] - 'a') < 26;
  }
  return upper && lower;
}

/* What one more Id says: an Id of 18 characters settles it as one of 15 in both
** cases does. */
static char prove_id(slice value, char so_far) {
  char room[VALUE_ID];
  if (value.length == VALUE_ID) return NOTHING;
  return value_id(value, room) && has_both_cases(value) ? ROWS_ID : so_far;
}

/* What one more date says; one as Salesforce's API writes them settles it. */
static char prove_date(slice value, char so_far) {
  int64_t time;
  int is_date;
  char order;
  if (value_time(value, &time, &is_date)) return NOTHING;
  order = date_order(value);
  return order ? order : so_far;
}

static char prove_number(slice value, char so_far) {
  char mark = decimal_mark(value);
  return mark ? mark : so_far;
}

/* What one more value says. */
static char prove_value(slice value, char kind, char so_far) {
  if (kind == ROWS_ID) return prove_id(value, so_far);
  if (kind == ROWS_NUMBER) return prove_number(value, so_far);
  return prove_date(value, so_far);
}

static int is_settled(char form) {
  return form != OPEN && form != '?';
}

/* Takes one row in; whether all is settled. */
static int prove_row(const slice *values, const char *kinds, char *forms,
                     size_t count) {
  size_t i, settled = 0;
  for (i = 0; i < count; i++) {
    if (!is_settled(forms[i]) && values[i].length)
      forms[i] = prove_value(values[i], kinds[i], forms[i]);
    settled += is_settled(forms[i]) != 0;
  }
  return settled == count;
}

/* Reads rows until all is settled; 0 where the source or memory failed. */
static int prove_rows(rows *r, const size_t *wanted, char *forms, size_t count,
                      const char *kinds, slice *values) {
  csv_result result;
  while ((result = rows_next(r)) == CSV_ROW || result == CSV_FAULT) {
    if (result == CSV_FAULT) continue;
    if (!rows_cells(r, wanted, NULL, count, values)) return 0;
    if (prove_row(values, kinds, forms, count)) return 1;
  }
  return result == CSV_END;
}

int rows_prove(rows *r, const size_t *wanted, char *forms, size_t count) {
  slice *values = malloc((count + 1) * sizeof *values);
  char *kinds = malloc(count + 1);
  int is_proved = 0;
  size_t i;
  if (values && kinds) {
    memcpy(kinds, forms, count);
    memset(forms, OPEN, count);
    is_proved = prove_rows(r, wanted, forms, count, kinds, values);
    for (i = 0; i < count; i++)
      if (forms[i] == OPEN) forms[i] = NOTHING;
  }
  free(values);
  free(kinds);
  return is_proved;
}
