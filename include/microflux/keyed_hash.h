/* keyed_hash: SipHash-2-4 under a secret of 128 bits: tells people apart in samples and audit lines without
 * saying who they are. Who has the secret can look a known id up; nobody gets ids back.
 */
#ifndef MICROFLUX_KEYED_HASH_H
#define MICROFLUX_KEYED_HASH_H

#include <stdbool.h>

#include "microflux/bytes.h"
#include "microflux/err.h"

#define KEYED_SECRET_DIGITS 32

struct keyed_secret {
    unsigned char key[16];
    bool there; /* false: none is configured */
};

/* keyed_secret_read: 32 hexadecimal digits and at most a line end. ERR_USAGE: anything else; the sentence
 * does not repeat it. */
enum err keyed_secret_read(struct bytes text, struct keyed_secret *secret,
                           struct err_info *info) MF_MUST_CHECK;
/* keyed_secret_make: a new one, as text. */
void keyed_secret_make(char text[KEYED_SECRET_DIGITS + 1]);

/* keyed_hash: never 0 with a secret, always 0 without one. */
uint64_t keyed_hash(const struct keyed_secret *secret, struct bytes text);

#endif
