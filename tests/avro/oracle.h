/* oracle: what the two halves of oracle_decode share. */
#ifndef ORACLE_H
#define ORACLE_H

#include <jansson.h>

#include "microflux/avro.h"

#define MOST_FIELDS 256

extern struct avro_field fields[MOST_FIELDS]; /* of the pair last compiled */
extern size_t n_fields;

json_t *hex_of(struct bytes s); /* gives */
json_t *bits_of(double x);      /* gives: the bits as text */

bool compile_theirs(const char *reader, const char *writer);
void forget_theirs(void);
json_t *theirs(struct bytes value); /* gives: an array, a value a field; NULL: avro-c has no answer */

#endif
