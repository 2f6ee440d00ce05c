/* What alerts of a campaign are raised by: who enters and leaves the best, who in the roster fell silent; not
 * before there was a shortlist; and it is the same after it was written and read. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/methodology.h"
#include "roster_room.h"

#define AT (20500 * MS_DAY)

static struct methodology *m;
static struct fit_campaign campaign = {.id = "spring", .brand = "acme", .digest = 7, .slots = 2};
static struct shortlist *list;
static struct buffer said; /* "ENTERED k3 " … */

static void tell(void *arg, struct watched *one, const struct alert *alert)
{
    if (watch_let(one, alert->type, m, *(const int64_t *)arg))
        buffer_printf(&said, "%s %s %g %g\n", alert_names[alert->type], one->creator, alert->was.number,
                      alert->now.number);
}

static void take(struct campaign_state *state, const char *name, double score, int64_t version,
                 int64_t posted_at)
{
    struct hll hll = {0};
    struct buffer packed = {0};
    hll_add(&hll, bytes_hash(bytes_of(name)));
    hll_pack(&hll, &packed);
    const struct fit_record record = {.campaign_id = BYTES("spring"),
                                      .creator_id = bytes_of(name),
                                      .offsets = version,
                                      .score = score,
                                      .actors = {packed.data, packed.len},
                                      .has_newest_post = true,
                                      .newest_post_at = posted_at};
    assert_true(campaign_take(state, &record));
    buffer_free(&packed);
    hll_free(&hll);
}

/* Written and read back, as by another worker. */
static void reload(struct campaign_state *state)
{
    struct buffer text = {0};
    struct watch read = {0};
    watch_text(&state->watch, &text);
    assert_true(watch_read(&read, (struct bytes){text.data, text.len}));
    watch_free(&state->watch);
    state->watch = read;
    buffer_free(&text);
}

static const char *look(struct campaign_state *state, int64_t as_of)
{
    said.len = 0;
    shortlist_make(list, state, &campaign);
    watch_shortlist(state, list, m, as_of, tell, &as_of);
    reload(state);
    state->watch.dirty = false;
    assert_false(watch_shortlist(state, list, m, as_of, tell, &as_of)); /* what lasts is no news */
    return said.len ? said.data : "";
}

static void begin(struct campaign_state *state)
{
    char name[8];
    campaign_init(state);
    state->id = strdup("spring");
    for (int i = 0; i < 21; i++) { /* k00 is the best, k20 the first one outside */
        snprintf(name, sizeof name, "k%02d", i);
        take(state, name, 90 - i, 1, AT - MS_DAY);
    }
    assert_string_equal(look(state, AT), ""); /* nothing begins from nothing */
}

static void test_best(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state);
    take(&state, "k20", 80.5, 2, AT - MS_DAY);
    assert_string_equal(look(&state, AT + 1), "FIT_ENTERED k20 0 80.5\nFIT_LEFT k19 71 0\n");
    take(&state, "k20", 60, 3, AT - MS_DAY);
    assert_string_equal(look(&state, AT + 2), "FIT_ENTERED k19 0 71\nFIT_LEFT k20 80.5 0\n");
    take(&state, "k20", 80, 4, AT - MS_DAY);
    assert_string_equal(look(&state, AT + MS_HOUR), ""); /* each was told of within the hour */
    take(&state, "k20", 60, 5, AT - MS_DAY);
    assert_string_equal(look(&state, AT + MS_HOUR + 2), "FIT_ENTERED k19 0 71\nFIT_LEFT k20 80 0\n");
    assert_true(campaign_leave(&state, BYTES("k00")));
    assert_string_equal(look(&state, AT + 3 * MS_HOUR), "FIT_ENTERED k20 0 60\nFIT_LEFT k00 90 0\n");
    assert_int_equal(state.watch.n, 21); /* twenty, and who was told of */
    look(&state, AT + 9 * MS_HOUR);
    assert_int_equal(state.watch.n, 20);
    campaign_clear(&state);
}

static void test_silent(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state); /* k00 and k01 are in the roster */
    assert_string_equal(look(&state, AT + 13 * MS_DAY - 1), "");
    assert_string_equal(look(&state, AT + 13 * MS_DAY), "CREATOR_SILENT k00 0 14\nCREATOR_SILENT k01 0 14\n");
    assert_string_equal(look(&state, AT + 30 * MS_DAY), "");
    take(&state, "k00", 90, 2, AT + 31 * MS_DAY);
    assert_string_equal(look(&state, AT + 32 * MS_DAY), "");
    assert_string_equal(look(&state, AT + 45 * MS_DAY), "CREATOR_SILENT k00 0 14\n");
    assert_true(campaign_leave(&state, BYTES("k01"))); /* k02 joins, who is silent already */
    assert_null(strstr(look(&state, AT + 46 * MS_DAY), "SILENT"));
    campaign_clear(&state);
}

static void test_damage_is_refused(void **unused)
{
    static const char *const damaged[] = {"",   "2 ", "1 3:k01,", "1 3:k01,5:1 0 0,", "1 4:k01,5:1 0 0,",
                                          "1 x"};
    (void)unused;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct watch watch = {0};
        assert_false(watch_read(&watch, bytes_of(damaged[i])));
        watch_free(&watch);
    }
}

static int open_all(void **unused)
{
    struct err_info info;
    (void)unused;
    list = calloc(1, sizeof *list);
    return !list || methodology_open("default", &m, &info) != ERR_OK;
}

static int close_all(void **unused)
{
    (void)unused;
    shortlist_free(list);
    free(list);
    buffer_free(&said);
    methodology_close(m);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_best), cmocka_unit_test(test_silent),
                                       cmocka_unit_test(test_damage_is_refused)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
