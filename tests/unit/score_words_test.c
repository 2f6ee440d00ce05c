/* What a post's words say reaches the record that the domain applies. */
#include "cmocka_all.h"
#include "score_decode.h"

static void words_of_a_post(void **state)
{
    struct text *text;
    struct err_info info;
    (void)state;
    assert_int_equal(text_open(NULL, &text, &info), ERR_OK);
    struct text_scratch *scratch = text_scratch_open(text);
    const struct bytes tags[] = {BYTES("recette"), BYTES("Été")}, mentions[] = {BYTES("acme")};
    struct post_record post = {.text = BYTES("Collaboration commerciale, lien en bio #recette"),
                               .tags = tags,
                               .mentions = mentions,
                               .n_tags = 2,
                               .n_mentions = 1};
    score_words(scratch, &post);
    assert_true(post.disclosed_word);
    assert_true(post.likely);
    assert_int_equal(post.n_tokens, 3);
    assert_int_equal(post.tokens[1], text_token(scratch, '#', BYTES("été")));
    assert_int_equal(post.niche_hits[text_class_of(text, BYTES("FOOD"))->bit], 1);
    assert_true(post.lexicon >> text_class_of(text, BYTES("FOOD"))->bit & 1);
    score_words(scratch, &(struct post_record){.text = {NULL, 0}}); /* no text at all */
    post = (struct post_record){.text = BYTES("hello"), .likely = true, .n_tokens = 9};
    score_words(scratch, &post);
    assert_false(post.likely || post.disclosed_word || post.n_tokens || post.lexicon);
    text_scratch_close(scratch);
    text_close(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_of_a_post)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
