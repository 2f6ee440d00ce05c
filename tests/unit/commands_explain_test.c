/* explain in English and in French: the same sections, another language's words and decimals. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "explain.h"

static void has(const struct buffer *text, const char *words)
{
    if (!strstr(text->data, words))
        fail_msg("\"%s\" is not in:\n%s", words, text->data);
}

/* A score with a number in each section. */
static void explained(const char *language, struct buffer *text)
{
    struct post post = {.id = (char[]){"p1"}, .id_len = 2, .slot = 3};
    const struct creator creator = {.posts = &post, .n_posts = 1};
    static const struct peer_table table = {.digest = 7, .version = 3, .published_at = 1772454600000};
    static const char *const names[] = {"FOOD", "PET"};
    const struct score score = {
        .as_of = 1772454600000,
        .has_profile = true,
        .platform = "TIKTOK",
        .followers = 5000,
        .has_estimate = true,
        .estimate = .0345,
        .peers = {.there = true, .n = 120, .table = 7, .median = .02, .percentile = 82},
        .authenticity = {.there = true,
                         .score = 61.5,
                         .n = 1,
                         .of = {{.signal = "audience", .there = true, .value = 61.5, .weight = 1}}},
        .flags = {[FLAG_STEP] = {true, 2.5, 1.44, {EVIDENCE_POST, 3}}},
        .niche = {.n = 2, .names = names, .posterior = {.9, .1}, .asserted = "FOOD"},
        .creator = {.n = 1, .of = {{.signal = "niche_focus"}}}};
    explain_language(language);
    text->len = 0;
    explain_text(&(struct explained){BYTES("creator-1"), &creator, &score, &table}, text);
    buffer_add(text, "", 1);
}

static void english_and_french(void **state)
{
    struct buffer text = {0};
    (void)state;
    explained("en", &text);
    has(&text, "creator-1: TIKTOK, 5,000 followers");
    has(&text, "3.45 % of its followers react to a post");
    has(&text, "above 82 % of its peers");
    has(&text, "peers: 120 creators of this stream (table 3 of 2026-03-02)");
    has(&text, "Authenticity: 61.5 of 100");
    has(&text, "likes rose from one post on, as bought ones would: 2.50, above 1.44; look at post p1");
    has(&text, "Niche: FOOD (90 %)");
    has(&text, "niche focus: not enough is known");
    explained("fr_FR.UTF-8", &text);
    has(&text, "creator-1 : TIKTOK, 5 000 abonnés");
    has(&text, "3,45 % de ses abonnés");
    has(&text, "2,50, au-dessus de 1,44 ; voir la publication p1");
    explained("xx", &text); /* nobody's: English */
    has(&text, "Authenticity: 61.5 of 100");
    buffer_free(&text);
}

static void thousands_stand_apart(void **state)
{
    (void)state;
    explain_language("en");
    assert_string_equal(say_count(0).text, "0");
    assert_string_equal(say_count(-999).text, "-999");
    assert_string_equal(say_count(-100000).text, "-100,000");
    assert_string_equal(say_count(1234567).text, "1,234,567");
}

static void money_has_its_own_decimals(void **state)
{
    (void)state;
    explain_language("en");
    assert_string_equal(say_money(1234, "EUR").text, "12.34 EUR");
    assert_string_equal(say_money(1234, "JPY").text, "1234 JPY");
    assert_string_equal(say_money(1234, "KWD").text, "1.234 KWD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(english_and_french),
                                       cmocka_unit_test(thousands_stand_apart),
                                       cmocka_unit_test(money_has_its_own_decimals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
