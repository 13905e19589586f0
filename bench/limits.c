/* limits.c: what this machine takes to read a file, and to look at each byte
** once: limits read|utf8|scan FILE */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../csrc/scan.h"
#include "../csrc/text.h"

#define PIECE (256 * 1024)

int main(int argc, char **argv) {
  static char piece[PIECE];
  static scan_marks marks[PIECE / SCAN_BLOCK];
  size_t valid = 0;
  ssize_t n;
  char what = argc > 2 ? argv[1][0] : 0;
  int file = argc > 2 ? open(argv[2], O_RDONLY) : -1;
  scan_function *scan = scan_best();
  if (file < 0) return fprintf(stderr, "limits read|utf8|scan FILE\n"), 2;
  while ((n = read(file, piece, PIECE)) > 0) {
    if (what == 'u') valid += text_valid(text_slice(piece, (size_t)n));
    if (what == 's') scan(piece, (size_t)n / SCAN_BLOCK, ',', marks);
  }
  return printf("%zu\n", valid + (size_t)marks[0].quotes) < 0;
}
