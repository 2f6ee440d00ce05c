/* fuzz_record: framing and everything behind it: a run of hostile records of one creator through the score
 * worker's own verbs: decode, apply, evaluate, encode, changes. Each record is one byte (input, key given or
 * not, framed by us or by itself), two of length, its value; one in our frame decodes more often. A record is
 * rejected with a word and a sentence, or applied; what is applied is scored and read back by avro-c. */
#include <assert.h>

#include "fuzz.h"
#include "microflux/schemas.h"
#include "microflux/score_worker.h"

#define MOST_RECORDS 32

static void *worker;
static uint64_t prints[N_TOPICS];

static void open_once(void)
{
    static struct score_worker_options options = {
        .rules = {.max_future = 300000}, .max_record_bytes = 900000, .secret = {.there = true}};
    static const char *const schemas[N_TOPICS] = {schema_profile, schema_post, schema_interaction};
    struct methodology *methodology;
    struct text *text;
    struct err_info info;
    if (worker)
        return;
    if (methodology_open("default,stim", &methodology, &info) != ERR_OK ||
        text_open(NULL, &text, &info) != ERR_OK)
        abort();
    options.methodology = options.rules.methodology = methodology;
    options.text = text;
    options.bare_json[TOPIC_POSTS] = schema_post;
    for (int i = 0; i < N_TOPICS; i++)
        prints[i] = avro_fingerprint(schemas[i], &info);
    if (score_kind.open(&options, &worker, &info) != ERR_OK)
        abort();
}

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    (void)arg, (void)key;
    fuzz_touch(field);
    fuzz_touch(value);
}

static void on_drop(void *arg, int key, struct bytes field)
{
    (void)arg, (void)key;
    fuzz_touch(field);
}

static void on_whole(void *arg, int key, struct bytes value)
{
    (void)arg, (void)key;
    fuzz_touch(value);
}

static bool take_record(struct bytes *rest, struct kafka_record *record, struct buffer *value)
{
    if (rest->len < 3)
        return false;
    uint8_t what = fuzz_byte(rest);
    size_t len = (size_t)fuzz_byte(rest) << 8 | fuzz_byte(rest);
    len = len < rest->len ? len : rest->len;
    *record = (struct kafka_record){.input = what % N_TOPICS, .timestamp = 1772454600000};
    value->len = 0;
    if (what & 4)
        avro_put_frame(value, 0, prints[record->input]);
    buffer_add(value, rest->ptr, len);
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    record->key = what & 8 ? (struct bytes){NULL, 0} : BYTES("c");
    record->value = what & 16 ? (struct bytes){NULL, 0} : fuzz_copy(value->data, value->len);
    return true;
}

static void tell(void *state, int64_t as_of)
{
    static struct buffer out, json;
    struct err_info info;
    struct lane_view view = {.as_of = as_of};
    struct lane_writer writer = {NULL, on_set, on_drop, on_whole, NULL};
    out.len = json.len = 0;
    if (score_kind.evaluate(worker, state, &view))
        score_kind.encode(worker, state, BYTES("c"), &view, LANE_CHANGE, &out);
    if (out.len)
        assert(avro_to_json(schema_creator_score, avro_frame_read((struct bytes){out.data, out.len}).body,
                            &json, &info) == ERR_OK);
    score_kind.changes(worker, state, &writer);
}

static void take(void *state, const struct kafka_record *record, int64_t *as_of)
{
    uint32_t id;
    struct err_info info = {0};
    enum err err = score_kind.decode(worker, record->input, record, &id, &info);
    assert(err == ERR_OK || (err == ERR_REJECT && info.word[0] && info.sentence[0]));
    if (err == ERR_OK)
        (void)score_kind.apply(worker, state, record->input, 0, record, as_of, &info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct buffer value;
    struct kafka_record record;
    struct creator state;
    struct bytes rest = {(const char *)data, size};
    int64_t as_of = 0;
    open_once();
    score_kind.init(&state);
    for (int i = 0; i < MOST_RECORDS && take_record(&rest, &record, &value); i++) {
        record.offset = i;
        take(&state, &record, &as_of);
        if (record.value.ptr)
            fuzz_free(record.value);
        if (i % 8 == 7)
            tell(&state, as_of);
    }
    tell(&state, as_of);
    score_kind.clear(&state);
    return 0;
}
