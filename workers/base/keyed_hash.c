/* keyed_hash: the one door to libsodium. */
#include "microflux/keyed_hash.h"

#include <sodium.h>
#include <stdlib.h>

_Static_assert(sizeof((struct keyed_secret *)0)->key == crypto_shorthash_KEYBYTES, "one key size");

enum err keyed_secret_read(struct bytes text, struct keyed_secret *secret, struct err_info *info)
{
    size_t len;
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    secret->there =
        text.len == KEYED_SECRET_DIGITS &&
        sodium_hex2bin(secret->key, sizeof secret->key, text.ptr, text.len, NULL, &len, NULL) == 0 &&
        len == sizeof secret->key;
    if (secret->there)
        return ERR_OK;
    return err_set(info, ERR_USAGE, "secret",
                   "the secret is not one line of %d hexadecimal digits; microflux config secret makes one",
                   KEYED_SECRET_DIGITS);
}

void keyed_secret_make(char text[KEYED_SECRET_DIGITS + 1])
{
    unsigned char key[crypto_shorthash_KEYBYTES];
    if (sodium_init() < 0)
        abort();
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(text, KEYED_SECRET_DIGITS + 1, key, sizeof key);
    sodium_memzero(key, sizeof key);
}

uint64_t keyed_hash(const struct keyed_secret *secret, struct bytes text)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash = 0;
    if (!secret->there)
        return 0;
    crypto_shorthash(out, (const unsigned char *)text.ptr, text.len, secret->key);
    for (int i = 7; i >= 0; i--) /* little-endian, as the paper and every other library say it */
        hash = hash << 8 | out[i];
    return hash ? hash : 1;
}
