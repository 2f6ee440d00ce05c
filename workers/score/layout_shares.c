/* layout_shares: countries and languages of a creator's audience, "FR 6000000 BE 3000000": five a field, so
 * that no value of the hash gets long. */
#include <inttypes.h>
#include <stdio.h>

#include "layout.h"

#define A_FIELD 5

static const char letters[SHARES_KINDS] = {'o', 'w'};
static const char *const names[SHARES_KINDS] = {"countries", "languages"};

static void write_kind(const struct audience_shares *shares, char letter, const struct change_writer *w)
{
    for (size_t slot = 0; slot * A_FIELD < AUDIENCE_SHARES; slot++) {
        char field[8], text[A_FIELD * (LONGEST_SHARE + 16)];
        const struct bytes name = {field, (size_t)snprintf(field, sizeof field, "%c%zu", letter, slot)};
        size_t len = 0;
        for (size_t i = slot * A_FIELD; i < shares->n && i < (slot + 1) * A_FIELD; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %" PRId32, len ? " " : "",
                                    shares->each[i].of, shares->each[i].share);
        if (len)
            w->set(w->arg, KEY_COUNTERS, name, (struct bytes){text, len});
        else
            w->drop(w->arg, KEY_COUNTERS, name);
    }
}

void layout_write_shares(const struct creator *c, const struct change_writer *w)
{
    for (int kind = 0; c->shares && kind < SHARES_KINDS; kind++)
        write_kind(&c->shares[kind], letters[kind], w);
}

bool layout_load_shares(struct creator *c, char letter, struct bytes text)
{
    struct audience_shares *shares = &creator_shares(c)[letter == letters[SHARES_LANGUAGES]];
    while (text.len) {
        struct bytes of = layout_word(&text);
        int64_t share;
        if (!bytes_int(&text, &share))
            return false;
        audience_shares_add(shares, of, (double)share / SHARE_WHOLE);
    }
    return true;
}

void layout_shares_json(const struct creator *c, struct buffer *out)
{
    for (int kind = 0; c->shares && kind < SHARES_KINDS; kind++) {
        if (c->shares[kind].n == 0)
            continue;
        buffer_printf(out, ",\"audience_%s\":{", names[kind]);
        for (size_t i = 0; i < c->shares[kind].n; i++)
            buffer_printf(out, "%s\"%s\":%.7f", i ? "," : "", c->shares[kind].each[i].of,
                          c->shares[kind].each[i].share / SHARE_WHOLE);
        buffer_add_text(out, "}");
    }
}
