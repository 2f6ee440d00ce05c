/* fuzz_text: a post of hostile bytes. The input is tags, mentions and text, each ended by a NUL; a byte 1
 * parts names. Nothing crashes; the normal form is well made; the same post is read the same way again, also
 * after another one; its normal form says what it says. Run: build-fuzz/fuzz_text -max_len=4096
 * -max_total_time=180 */
#include <assert.h>
#include <stdlib.h>

#include "text_room.h"

#define MOST_NAMES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text_scratch *open_once(void)
{
    static struct text_scratch *scratch;
    struct text *text;
    struct err_info info;
    if (!scratch && text_open(NULL, &text, &info) == ERR_OK)
        scratch = text_scratch_open(text);
    return scratch;
}

static struct bytes part(struct bytes *rest, char end)
{
    const char *at = memchr(rest->ptr, end, rest->len);
    struct bytes found = {rest->ptr, at ? (size_t)(at - rest->ptr) : rest->len};
    size_t taken = found.len + (at != NULL);
    *rest = (struct bytes){rest->ptr + taken, rest->len - taken};
    return found;
}

static size_t names(struct bytes list, struct bytes out[MOST_NAMES])
{
    size_t n = 0;
    while (list.len && n < MOST_NAMES)
        out[n++] = part(&list, 1);
    return n;
}

/* One boundary between words, a blank at both ends, and no capital of ASCII. */
static void check_form(const struct normal *n)
{
    const char *p = n->out.data;
    assert(n->out.len && p[n->out.len - 1] == ' ');
    for (size_t i = 0; i < n->out.len; i++) {
        assert(!(p[i] >= 'A' && p[i] <= 'Z') && p[i] != '\n');
        assert(i == 0 || !(is_boundary(p[i]) && is_boundary(p[i - 1])));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct normal normal;
    struct text_scratch *scratch = open_once();
    struct bytes rest = {size ? (const char *)data : "", size}, tags[MOST_NAMES], mentions[MOST_NAMES];
    struct text_post post = {.tags = tags, .mentions = mentions};
    struct text_found first, second, other;
    post.n_tags = names(part(&rest, 0), tags);
    post.n_mentions = names(part(&rest, 0), mentions);
    post.text = rest;
    text_read(scratch, &post, &first);
    text_read(scratch, &(struct text_post){.text = BYTES("#ad pasta @nora")}, &other);
    text_read(scratch, &post, &second);
    assert(memcmp(&first, &second, sizeof first) == 0);
    normal_begin(&normal);
    normal_text(&normal, rest);
    normal_end(&normal);
    check_form(&normal);
    char *form = malloc(2 * normal.out.len);
    size_t len = 0;
    for (size_t i = 0; i < normal.out.len; i++) {
        if (normal.out.data[i] == '@') /* without a blank it would be the middle of an address */
            form[len++] = ' ';
        form[len++] = normal.out.data[i];
    }
    text_read(scratch, &(struct text_post){.text = rest}, &first);
    text_read(scratch, &(struct text_post){.text = {form, len}}, &second);
    assert(first.lexicon == second.lexicon && first.signs == second.signs);
    free(form);
    return 0;
}
