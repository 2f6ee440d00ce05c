/* fuzz_registry: the answers of a schema registry, and the file of what it once answered. Status (2 bytes)
 * and body are the input's; urls_ask is ours, so there is no network. An answer is an id, a schema, or a fate
 * with a sentence; a schema that comes is compiled as a writer's; the file is believed whole or not at all.
 */
#include <assert.h>

#include "fuzz.h"
#include "microflux/avro.h"
#include "microflux/log.h"
#include "microflux/schemas.h"
#include "registry_room.h"

static struct bytes body;
static int status;

enum err urls_ask(const struct urls *urls, const char *path, const char *posted,
                  struct registry_answer *answer, struct err_info *info)
{
    (void)urls, (void)path, (void)posted, (void)info;
    answer->url = "http://registry";
    answer->status = status;
    buffer_add(&answer->body, body.ptr, body.len);
    return ERR_OK;
}

static void judge(enum err err, const struct err_info *info)
{
    bool fate = err == ERR_WEATHER || err == ERR_REFUSED || err == ERR_NOT_FOUND;
    assert(err == ERR_OK || (fate && info->word[0] && info->sentence[0]));
}

static void compile(const char *schema)
{
    static const struct avro_field fields[] = {{"creator_id", AVRO_BYTES_T, 0, AVRO_NO_PRESENT, false}};
    struct avro_program *program = NULL;
    struct err_info info = {0};
    if (avro_compile(schema_post, schema, fields, 1, sizeof(struct bytes), &program, &info) == ERR_OK)
        avro_program_free(program);
    else
        assert(info.sentence[0]);
}

static void read_file(struct bytes text)
{
    json_t *document = file_load(fuzz_file(text), "http://registry");
    assert(json_is_object(json_object_get(document, "schemas")));
    assert(json_is_object(json_object_get(document, "ids")));
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err_info info = {0};
    uint32_t id = 0;
    bool compatible;
    char *schema = NULL;
    log_setup(LOG_LEVEL_ERROR, false);
    body = (struct bytes){(const char *)data, size};
    status = fuzz_byte(&body) % 8 * 100 + fuzz_byte(&body) % 100;
    enum err err = api_schema(NULL, 7, &schema, &info);
    judge(err, &info);
    if (err == ERR_OK)
        compile(schema);
    free(schema);
    err = api_id(NULL, "posts-value", "/versions", "{}", &id, &info);
    judge(err, &info);
    assert(err != ERR_OK || id > 0);
    schema = NULL;
    judge(api_latest(NULL, "posts-value", &id, &schema, &info), &info);
    free(schema);
    judge(api_compatible(NULL, "posts-value", "{}", &compatible, &info), &info);
    read_file(body);
    return 0;
}
