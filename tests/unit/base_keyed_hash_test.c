/* SipHash-2-4 against the vectors of its paper, and secrets as text. */
#include <stdio.h>

#include "cmocka_all.h"
#include "microflux/keyed_hash.h"

static struct keyed_secret paper(void)
{
    struct keyed_secret secret;
    struct err_info info;
    assert_int_equal(keyed_secret_read(BYTES("000102030405060708090a0b0c0d0e0f\n"), &secret, &info), ERR_OK);
    return secret;
}

static void test_vectors(void **state)
{
    struct keyed_secret secret = paper();
    const char text[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    (void)state;
    assert_int_equal(keyed_hash(&secret, (struct bytes){text, 15}), 0xa129ca6149be45e5);
    assert_int_equal(keyed_hash(&secret, (struct bytes){text, 0}), 0x726fdb47dd0e0e31);
    assert_int_equal(keyed_hash(&secret, (struct bytes){text, 8}), 0x93f5f5799a932462);
}

static void test_no_secret_no_hash(void **state)
{
    struct keyed_secret secret = {.there = false};
    (void)state;
    assert_int_equal(keyed_hash(&secret, BYTES("somebody")), 0);
}

static void test_secrets(void **state)
{
    static const char *const bad[] = {"", "00", "000102030405060708090a0b0c0d0e0",
                                      "000102030405060708090a0b0c0d0e0g",
                                      "000102030405060708090a0b0c0d0e0f0"};
    struct keyed_secret one, two;
    struct err_info info;
    char text[KEYED_SECRET_DIGITS + 1];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(keyed_secret_read(bytes_of(bad[i]), &one, &info), ERR_USAGE);
        assert_false(one.there);
        assert_true(!*bad[i] || !strstr(info.sentence, bad[i] + 2) || strlen(bad[i]) == 2);
    }
    keyed_secret_make(text);
    assert_int_equal(keyed_secret_read(bytes_of(text), &one, &info), ERR_OK);
    keyed_secret_make(text);
    assert_int_equal(keyed_secret_read(bytes_of(text), &two, &info), ERR_OK);
    assert_int_not_equal(keyed_hash(&one, BYTES("somebody")), keyed_hash(&two, BYTES("somebody")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors),
                                       cmocka_unit_test(test_no_secret_no_hash),
                                       cmocka_unit_test(test_secrets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
