/* siphash.h: SipHash-2-4, a keyed hash of short texts (Aumasson, Bernstein). */
#ifndef SIPHASH_H
#define SIPHASH_H

#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define SIPHASH_KEY 16 /* bytes */

uint64_t siphash(const unsigned char key[SIPHASH_KEY], slice text);

#pragma GCC visibility pop

#endif
