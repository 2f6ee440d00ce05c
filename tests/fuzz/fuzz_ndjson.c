/* fuzz_ndjson: a line of `microflux produce`: the first byte picks --topic and --timestamps, the rest is
 * the line. It is refused in a sentence that names the line, or becomes a framed record that our own reader
 * takes or rejects, and that `tail` prints. Nothing is sent: publish is ours. */
#include <assert.h>

#include "fuzz.h"
#include "microflux/kafka.h"
#include "microflux/schemas.h"
#include "score_decode.h"

static enum err fuzz_publish(struct publisher *publisher, int topic, int32_t partition, struct bytes key,
                             struct bytes value, int64_t timestamp, const struct kafka_header *headers,
                             size_t n_headers, uint64_t ticket, struct err_info *info);
#define publish fuzz_publish
#include "produce.c"

static const char *const schemas[N_TOPICS] = {schema_profile, schema_post, schema_interaction};
static struct avro_reader *readers[N_TOPICS];
static struct avro_scratch *scratch;

static enum err fuzz_publish(struct publisher *publisher, int topic, int32_t partition, struct bytes key,
                             struct bytes value, int64_t timestamp, const struct kafka_header *headers,
                             size_t n_headers, uint64_t ticket, struct err_info *info)
{
    static union score_record record;
    static struct buffer json;
    uint32_t id;
    (void)publisher, (void)partition, (void)timestamp, (void)headers, (void)n_headers, (void)ticket;
    fuzz_touch(key);
    enum err err = score_record_decode(readers[topic], scratch, topic, value, &record, &id, info);
    assert(err == ERR_OK || (err == ERR_REJECT && info->word[0]));
    json.len = 0;
    assert(avro_to_json(schemas[topic], avro_frame_read(value).body, &json, info) == ERR_OK);
    return ERR_OK;
}

static void open_once(struct producing *p)
{
    struct config *config;
    struct err_info info;
    const struct config_sources defaults = {0};
    if (config_load(&defaults, &config, &info) != ERR_OK ||
        writers_open(config, "single", &p->writers, &info) != ERR_OK)
        abort();
    p->config = config;
    for (int i = 0; i < N_TOPICS; i++) {
        p->topics[i] = input_names[i];
        if (score_reader_open(i, NULL, 900000, NULL, &readers[i], &info) != ERR_OK)
            abort();
    }
    scratch = avro_scratch_open();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct producing p;
    struct bytes rest = {(const char *)data, size};
    struct err_info info = {0};
    if (!p.config)
        open_once(&p);
    uint8_t what = fuzz_byte(&rest);
    p.topic = what & 3 ? input_names[(what & 3) - 1] : NULL;
    p.event_time = what & 4;
    char *line = fuzz_text(rest);
    enum err err = send_line(&p, line, 1, &info);
    assert(err == ERR_OK || (err == ERR_USAGE && info.word[0] && strstr(info.sentence, "line 1")));
    free(line);
    return 0;
}
