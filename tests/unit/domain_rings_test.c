/* The ring of creators an actor met: who learns what of an edge, and of which embedding; and which
 * interactions are edges at all. */
#include "cmocka_all.h"
#include "microflux/rings.h"

static struct edge edge_of(const char *creator, int64_t day, int8_t code)
{
    struct edge edge = {7, bytes_of(creator), day * MS_DAY, 1, {.scale = 0.5F}};
    edge.u.code[0] = code;
    return edge;
}

/* "to code, to code": who learns the u of whom. */
static void meets(struct ring *ring, struct edge edge, const char *expected)
{
    struct ring_room room;
    struct affinity_update updates[RING_UPDATES];
    struct buffer said = {0};
    size_t n = ring_meet(ring, &edge, &room, updates);
    for (size_t i = 0; i < n; i++)
        buffer_printf(&said, "%s%.*s %d", i ? ", " : "", (int)updates[i].creator_id.len,
                      updates[i].creator_id.ptr, updates[i].u.code[0]);
    buffer_add(&said, "", 1);
    assert_string_equal(said.data, expected);
    buffer_free(&said);
}

static void test_both_sides_learn(void **state)
{
    struct ring ring = {0};
    (void)state;
    meets(&ring, edge_of("a", 1, 1), "");
    meets(&ring, edge_of("b", 2, 2), "b 1, a 2");
    meets(&ring, edge_of("b", 3, 3), ""); /* again: the latest, with its new u */
    meets(&ring, edge_of("c", 4, 4), "c 1, a 4, c 3, b 4");
    meets(&ring, edge_of("a", 5, 5), "a 3, b 5, a 4, c 5"); /* a had left: only two are kept */
    assert_int_equal(ring.n, RING_CREATORS);
    ring_clear(&ring);
    assert_null(ring.met);
}

static void test_old_ones_leave(void **state)
{
    struct ring ring = {0};
    (void)state;
    meets(&ring, edge_of("a", 1, 1), "");
    meets(&ring, edge_of("b", 91, 2), "b 1, a 2"); /* 90 days later, to the day */
    meets(&ring, edge_of("c", 92, 3), "c 2, b 3");
    meets(&ring, edge_of("b", 10, 4),
          ""); /* late: b was met on day 91 all the same, and is what it was then */
    assert_int_equal(ring.met[0].at, 91 * MS_DAY);
    assert_int_equal(ring.met[0].u.code[0], 2);
    ring_clear(&ring);
}

/* Edges of other lanes may come first: the ring is that of the newest all the same, and who commented more
 * than 90 days before meets nobody. */
static void test_late_ones(void **state)
{
    struct ring ring = {0};
    (void)state;
    meets(&ring, edge_of("d", 104, 4), "");
    meets(&ring, edge_of("c", 103, 3), "c 4, d 3");
    meets(&ring, edge_of("b", 14, 2), "b 3, c 2, b 4, d 2");
    meets(&ring, edge_of("a", 11, 1), "");
    meets(&ring, edge_of("e", 105, 5), "e 3, c 5, e 4, d 5");
    ring_clear(&ring);
}

static void test_other_embeddings_tell_nobody(void **state)
{
    struct ring ring = {0};
    struct edge other = edge_of("b", 2, 2);
    (void)state;
    other.embedding = 2;
    meets(&ring, edge_of("a", 1, 1), "");
    meets(&ring, other, "");
    ring_clear(&ring);
}

static void test_which_are_edges(void **state)
{
    const struct creator_rules rules = {.max_future = MS_HOUR};
    const struct provenance at = {0, 100 * MS_DAY};
    struct interaction_record comment = {
        .kind = KIND_COMMENT, .count = 1, .actor_hash = 7, .occurred_at = 100 * MS_DAY};
    struct interaction_record r = comment;
    struct creator c;
    (void)state;
    creator_init(&c);
    assert_true(creator_edge(&c, &rules, &r, &at));
    r.kind = KIND_LIKE;
    assert_false(creator_edge(&c, &rules, &r, &at));
    r = comment, r.count = -1; /* taken back */
    assert_false(creator_edge(&c, &rules, &r, &at));
    r = comment, r.own = true;
    assert_false(creator_edge(&c, &rules, &r, &at));
    r = comment, r.actor_hash = 0;
    assert_false(creator_edge(&c, &rules, &r, &at));
    r = comment, r.occurred_at = 7 * MS_DAY; /* late */
    assert_false(creator_edge(&c, &rules, &r, &at));
    r = comment, r.occurred_at = 101 * MS_DAY; /* of the future */
    assert_false(creator_edge(&c, &rules, &r, &at));
    creator_erase(&c, &at, 0);
    assert_false(creator_edge(&c, &rules, &comment, &at));
    creator_clear(&c);
}

static void test_what_a_creator_learns(void **state)
{
    static struct embedding embedding = {.digest = 1};
    struct affinity_update update = {BYTES("a"), 1, {.scale = 0.5F, .code = {3}}};
    struct provenance at = {41, 100 * MS_DAY};
    struct creator c;
    int64_t as_of = 0;
    (void)state;
    creator_init(&c);
    assert_int_equal(creator_learnt(&c, NULL, &update, &at, &as_of), IGNORED_OTHER);
    assert_int_equal(creator_learnt(&c, &embedding, &update, &at, &as_of), APPLIED);
    assert_int_equal(c.offsets[TOPIC_AFFINITY], 42); /* in the version */
    assert_int_equal(as_of, 0);
    assert_int_equal(c.audience->met, 1);
    assert_float_equal(c.audience->y[0], 1.5F, 0);
    update.embedding = 2;
    assert_int_equal(creator_learnt(&c, &embedding, &update, &at, &as_of), IGNORED_OTHER);
    creator_erase(&c, &at, 0);
    update.embedding = 1;
    assert_int_equal(creator_learnt(&c, &embedding, &update, &at, &as_of), APPLIED_ERASED);
    assert_null(c.audience);
    creator_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_sides_learn), cmocka_unit_test(test_old_ones_leave),
        cmocka_unit_test(test_late_ones),        cmocka_unit_test(test_other_embeddings_tell_nobody),
        cmocka_unit_test(test_which_are_edges),  cmocka_unit_test(test_what_a_creator_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
