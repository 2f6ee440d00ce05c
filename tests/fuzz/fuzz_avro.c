/* fuzz_avro: a writer's schema and a record of it, both hostile. The first byte picks one of our schemas as
 * the reader and where the writer's comes from: 0x00-0x7f a known schema, 0x80-0xff the JSON that follows, up
 * to a NUL. The rest is the record. The compiler refuses or succeeds, the decoder rejects or succeeds without
 * allocating, what it gives lies inside the record, and a second decode gives the same.
 *
 * tests/fuzz/corpus/avro/ is made by: tests/avro/oracle.py --seeds tests/fuzz/corpus/avro (synthetic). Run:
 *   build-fuzz/fuzz_avro -max_len=4096 -timeout=5 -max_total_time=180 CORPUS tests/fuzz/corpus/avro */
#include <assert.h>
#include <stdlib.h>

#include "microflux/avro.h"
#include "microflux/schemas.h"

#define MOST_SCHEMA 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* of the sanitizers, but gcc has no header for it */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

struct out {
    struct bytes a, b, c;
    int64_t n, m;
    int32_t kind;
    double x;
    bool has_b, has_inner, flag;
    struct avro_list list;
    struct avro_map map;
};

#define AT(member) offsetof(struct out, member)
static const struct avro_field post_fields[] = {
    {"creator_id", AVRO_BYTES_T, AT(a), AVRO_NO_PRESENT, false},
    {"text", AVRO_BYTES_T, AT(b), AT(has_b), false},
    {"posted_at", AVRO_I64, AT(n), AVRO_NO_PRESENT, false},
    {"format", AVRO_I32, AT(kind), AVRO_NO_PRESENT, false},
    {"tags", AVRO_LIST, AT(list), AVRO_NO_PRESENT, false},
    {"disclosed", AVRO_BOOL, AT(flag), AVRO_NO_PRESENT, false},
    {"metrics", AVRO_BOOL, AT(has_inner), AVRO_NO_PRESENT, true},
    {"metrics.views", AVRO_I64, AT(m), AVRO_NO_PRESENT, false},
};
static const struct avro_field campaign_fields[] = {
    {"campaign_id", AVRO_BYTES_T, AT(a), AVRO_NO_PRESENT, false},
    {"budget.currency", AVRO_BYTES_T, AT(b), AT(has_b), false},
    {"updated_at", AVRO_I64, AT(n), AVRO_NO_PRESENT, false},
    {"status", AVRO_I32, AT(kind), AVRO_NO_PRESENT, false},
    {"tags", AVRO_LIST, AT(list), AVRO_NO_PRESENT, false},
    {"topics", AVRO_MAP, AT(map), AVRO_NO_PRESENT, false},
    {"min_authenticity", AVRO_F64, AT(x), AVRO_NO_PRESENT, false},
    {"budget", AVRO_BOOL, AT(has_inner), AVRO_NO_PRESENT, true},
};
/* Everything optional: most writers resolve to it. */
static const char loose[] =
    "{\"type\":\"record\",\"name\":\"L\",\"fields\":["
    "{\"name\":\"a\",\"type\":\"string\",\"default\":\"\"},"
    "{\"name\":\"b\",\"type\":[\"null\",\"bytes\"],\"default\":null},"
    "{\"name\":\"n\",\"type\":\"long\",\"default\":1},{\"name\":\"x\",\"type\":\"double\",\"default\":2},"
    "{\"name\":\"k\",\"type\":{\"type\":\"enum\",\"name\":\"K\",\"symbols\":[\"A\",\"B\"],\"default\":\"A\"},"
    "\"default\":\"B\"},"
    "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[]},"
    "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"double\"},\"default\":{}},"
    "{\"name\":\"r\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"I\",\"fields\":["
    "{\"name\":\"f\",\"type\":\"boolean\",\"default\":true}]}],\"default\":null}]}";
static const struct avro_field loose_fields[] = {
    {"a", AVRO_BYTES_T, AT(a), AVRO_NO_PRESENT, false},
    {"b", AVRO_BYTES_T, AT(b), AT(has_b), false},
    {"n", AVRO_I64, AT(n), AVRO_NO_PRESENT, false},
    {"x", AVRO_F64, AT(x), AVRO_NO_PRESENT, false},
    {"k", AVRO_I32, AT(kind), AVRO_NO_PRESENT, false},
    {"l", AVRO_LIST, AT(list), AVRO_NO_PRESENT, false},
    {"m", AVRO_MAP, AT(map), AVRO_NO_PRESENT, false},
    {"r", AVRO_BOOL, AT(has_inner), AVRO_NO_PRESENT, true},
    {"r.f", AVRO_BOOL, AT(flag), AVRO_NO_PRESENT, false},
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *schema;
    const struct avro_field *fields;
    size_t n;
} readers[] = {{schema_post, post_fields, COUNT_OF(post_fields)},
               {schema_campaign, campaign_fields, COUNT_OF(campaign_fields)},
               {loose, loose_fields, COUNT_OF(loose_fields)}};

static struct avro_scratch *scratch;
static size_t allocations; /* counted, not refused: a sanitizer's report allocates too */
static uint64_t sum;       /* of every byte given: a bad pointer is read here */

static void on_malloc(const volatile void *at, size_t size)
{
    (void)at;
    (void)size;
    allocations++;
}

static void on_free(const volatile void *at)
{
    (void)at;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    scratch = avro_scratch_open();
    return __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) ? 0 : 1;
}

static void touch(struct bytes s)
{
    for (size_t i = 0; i < s.len; i++)
        sum += (unsigned char)s.ptr[i];
}

static void touch_all(const struct out *out)
{
    touch(out->a);
    touch(out->b);
    touch(out->c);
    for (size_t i = 0; i < out->list.n; i++)
        touch(out->list.items[i]);
    for (size_t i = 0; i < out->map.n; i++)
        touch(out->map.entries[i].key);
}

/* Items are counted against the bytes: an answer larger than its record is growth. */
static void decode(const struct avro_program *program, const uint8_t *record, size_t len)
{
    struct err_info info, again;
    struct out first, second;
    char *copy = malloc(len + 1); /* ends with the record, or a read beyond is not seen */
    if (!copy)
        abort();
    memcpy(copy + 1, record, len);
    struct bytes value = {copy + 1, len};
    size_t before = allocations;
    enum err err = avro_decode(program, scratch, value, &first, &info);
    assert(allocations == before);
    assert(err == ERR_OK || (err == ERR_REJECT && info.word[0]));
    if (err == ERR_OK) {
        touch_all(&first);
        assert(first.list.n + first.map.n <= len);
    }
    assert(avro_decode(program, scratch, value, &second, &again) == err);
    assert(err != ERR_OK || (first.n == second.n && bytes_equal(first.a, second.a)));
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const writers[] = {schema_profile,  schema_post,          schema_interaction,
                                          schema_campaign, schema_creator_score, loose};
    struct avro_program *program = NULL;
    struct err_info info = {0};
    char own[MOST_SCHEMA];
    if (size < 1)
        return 0;
    size_t r = data[0] % 3, at = 1;
    const char *writer = writers[data[0] / 3 % COUNT_OF(writers)];
    if (data[0] >= 0x80) {
        const uint8_t *nul = memchr(data + 1, 0, size - 1);
        size_t len = nul ? (size_t)(nul - data) - 1 : size - 1;
        if (len >= sizeof own)
            return 0;
        memcpy(own, data + 1, len);
        own[len] = 0;
        writer = own;
        at = nul ? len + 2 : size;
    }
    enum err err = avro_compile(readers[r].schema, writer, readers[r].fields, readers[r].n,
                                sizeof(struct out), &program, &info);
    assert(err == ERR_OK || (err == ERR_UNSUPPORTED && info.word[0] && info.sentence[0]));
    if (err == ERR_OK)
        decode(program, data + at, size - at);
    if (err == ERR_OK && writer == own)
        sum += avro_fingerprint(own, &info);
    if (err == ERR_OK)
        avro_program_free(program);
    return 0;
}
