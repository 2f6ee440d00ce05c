/* oracle_decode: our half of the Avro oracle (oracle.py is the other). Reads one JSON request a line, answers
 * with one JSON line: {"reader", "writer", "fields"} compiles, {"decode": hex} decodes with ours and, where
 * avro-c resolves this pair, with avro-c, {"mutate": hex, "seed", "rounds"} lies about the bytes. Every value
 * ends at a page nobody may touch, so does the struct: a read or write beyond is a SIGSEGV, sanitizer or not.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "microflux/schemas.h"
#include "oracle.h"

#define SLOT    32 /* bytes a field: its value, and its bool at PRESENT */
#define PRESENT 24
#define ROOM    (4 << 20)

struct avro_field fields[MOST_FIELDS];
size_t n_fields;
static struct avro_program *program;
static struct avro_scratch *scratch;
static char *room_end, *struct_end; /* the first byte that may not be touched */

static char *guarded(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *at =
        mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED || mprotect(at + size, page, PROT_NONE) != 0)
        abort();
    return at + size;
}

static struct bytes at_the_end(const char *data, size_t len)
{
    if (len > ROOM)
        abort();
    memcpy(room_end - len, data, len);
    return (struct bytes){room_end - len, len};
}

/* ---- a value as JSON: bytes in hex, doubles by their bits, lists as arrays, maps as arrays of pairs ---- */

json_t *hex_of(struct bytes s)
{
    char *text = malloc(2 * s.len + 1);
    if (!text)
        abort();
    text[0] = 0;
    for (size_t i = 0; i < s.len; i++)
        sprintf(text + 2 * i, "%02x", (unsigned char)s.ptr[i]);
    json_t *json = json_string(text);
    free(text);
    return json;
}

json_t *bits_of(double x)
{
    char text[32];
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    snprintf(text, sizeof text, isnan(x) ? "nan" : "%016llx", (unsigned long long)bits);
    return json_string(text);
}

static json_t *value_of(const struct avro_field *field, const char *out)
{
    const char *at = out + field->offset;
    const struct avro_list *list = (const struct avro_list *)at;
    const struct avro_map *map = (const struct avro_map *)at;
    json_t *items = NULL;
    switch (field->type) {
    case AVRO_BOOL:
        return json_boolean(*(const bool *)at);
    case AVRO_I32:
        return json_integer(*(const int32_t *)at);
    case AVRO_I64:
        return json_integer(*(const int64_t *)at);
    case AVRO_F64:
        return bits_of(*(const double *)at);
    case AVRO_BYTES_T:
        return ((const struct bytes *)at)->ptr ? hex_of(*(const struct bytes *)at) : json_null();
    case AVRO_LIST:
        items = json_array();
        for (size_t i = 0; i < list->n; i++)
            json_array_append_new(items, hex_of(list->items[i]));
        break;
    case AVRO_MAP:
        items = json_array();
        for (size_t i = 0; i < map->n; i++)
            json_array_append_new(
                items, json_pack("[o,o]", hex_of(map->entries[i].key), bits_of(map->entries[i].value)));
        break;
    }
    return items;
}

static json_t *ours(struct bytes value, struct err_info *info)
{
    char *out = struct_end - n_fields * SLOT;
    enum err err = avro_decode(program, scratch, value, out, info);
    if (err != ERR_OK)
        return json_pack("{s:s,s:s,s:s}", "reject", info->word, "err", err_name(err), "sentence",
                         info->sentence);
    json_t *values = json_array();
    for (size_t i = 0; i < n_fields; i++) {
        const struct avro_field *f = &fields[i];
        bool absent = f->present != AVRO_NO_PRESENT && !*(bool *)(out + f->present);
        json_array_append_new(values, absent ? json_null() : value_of(f, out));
    }
    return json_pack("{s:o}", "values", values);
}

/* ---- requests ---- */

static const char *schema_named(const char *text)
{
    static const struct {
        const char *name, *schema;
    } known[] = {{"profile", schema_profile},
                 {"post", schema_post},
                 {"interaction", schema_interaction},
                 {"campaign", schema_campaign},
                 {"creator-score", schema_creator_score}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, text) == 0)
            return known[i].schema;
    return text;
}

/* fields: [path, type (an enum avro_type), "plain" | "present" | "presence"] each. */
static void take_fields(json_t *list)
{
    size_t i;
    json_t *one;
    for (size_t k = 0; k < n_fields; k++)
        free((char *)fields[k].path);
    n_fields = 0;
    json_array_foreach(list, i, one)
    {
        const char *how = json_string_value(json_array_get(one, 2));
        if (i == MOST_FIELDS)
            abort();
        fields[n_fields++] =
            (struct avro_field){.path = strdup(json_string_value(json_array_get(one, 0))),
                                .type = (enum avro_type)json_integer_value(json_array_get(one, 1)),
                                .offset = i * SLOT,
                                .present = strcmp(how, "present") == 0 ? i * SLOT + PRESENT : AVRO_NO_PRESENT,
                                .presence = strcmp(how, "presence") == 0};
    }
}

static json_t *answer_compile(json_t *request)
{
    struct err_info info = {0};
    char print[32];
    const char *reader = schema_named(json_string_value(json_object_get(request, "reader")));
    const char *writer = json_string_value(json_object_get(request, "writer"));
    bool theirs_too = json_is_true(json_object_get(request, "avro_c"));
    take_fields(json_object_get(request, "fields"));
    forget_theirs();
    avro_program_free(program);
    program = NULL;
    enum err err = avro_compile(reader, writer, fields, n_fields, n_fields * SLOT, &program, &info);
    if (err != ERR_OK) {
        program = NULL;
        return json_pack("{s:s,s:s,s:s}", "refused", info.word, "err", err_name(err), "sentence",
                         info.sentence);
    }
    snprintf(print, sizeof print, "%016llx", (unsigned long long)avro_fingerprint(writer, &info));
    return json_pack("{s:s,s:b}", "fingerprint", print, "avro_c",
                     theirs_too && compile_theirs(reader, writer));
}

static struct bytes unhex(const char *text, char *data)
{
    size_t len = strlen(text) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        sscanf(text + 2 * i, "%2x", &byte);
        data[i] = (char)byte;
    }
    return (struct bytes){data, len};
}

static json_t *answer_decode(const char *text, char *data)
{
    struct err_info info = {0};
    struct bytes plain = unhex(text, data);
    json_t *answer = ours(at_the_end(plain.ptr, plain.len), &info);
    json_t *other = json_object_get(answer, "values") ? theirs(plain) : NULL;
    if (other)
        json_object_set_new(answer, "avro_c", other);
    return answer;
}

/* One lie: bytes changed, lengths made extreme, the end cut off, something said twice. */
static size_t lie(char *data, size_t len, unsigned *seed)
{
    static const char *const extremes[] = {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x80\x80\x80\x80\x10",
                                           "\x01", "\xfe\xff\xff\xff\x0f", "\x7f"};
    for (int k = rand_r(seed) % 3; k >= 0 && len > 0; k--) {
        size_t at = (size_t)rand_r(seed) % len;
        const char *extreme = extremes[rand_r(seed) % 5];
        switch (rand_r(seed) % 5) {
        case 0:
            data[at] = (char)rand_r(seed);
            break;
        case 1:
            data[at] ^= (char)(1 << rand_r(seed) % 8);
            break;
        case 2:
            len = at;
            break;
        case 3:
            for (size_t i = 0; extreme[i] && at + i < len; i++)
                data[at + i] = extreme[i];
            break;
        default:
            memmove(data + at + 1, data + at, len - at);
            len++;
        }
    }
    return len;
}

static json_t *answer_mutate(json_t *request, char *data)
{
    struct bytes plain = unhex(json_string_value(json_object_get(request, "mutate")), data);
    unsigned seed = (unsigned)json_integer_value(json_object_get(request, "seed"));
    json_int_t rounds = json_integer_value(json_object_get(request, "rounds"));
    json_int_t show = json_integer_value(json_object_get(request, "show"));
    json_t *words = json_object(), *shown = json_array();
    char *copy = malloc(plain.len + 16);
    if (!copy)
        abort();
    for (json_int_t i = 0; i < rounds; i++) {
        struct err_info info = {0};
        memcpy(copy, plain.ptr, plain.len);
        size_t len = i < (json_int_t)plain.len ? (size_t)i : lie(copy, plain.len, &seed);
        json_t *answer = ours(at_the_end(copy, len), &info);
        json_t *word = json_object_get(answer, "reject");
        const char *key = word ? json_string_value(word) : "";
        json_object_set_new(words, key, json_integer(json_integer_value(json_object_get(words, key)) + 1));
        if (i >= (json_int_t)plain.len && i < (json_int_t)plain.len + show) {
            json_object_set_new(answer, "bytes", hex_of((struct bytes){copy, len}));
            json_array_append(shown, answer);
        }
        json_decref(answer);
    }
    free(copy);
    return json_pack("{s:o,s:o}", "words", words, "shown", shown);
}

int main(void)
{
    char *line = NULL, *data = malloc(ROOM);
    size_t cap = 0;
    scratch = avro_scratch_open();
    room_end = guarded(ROOM);
    struct_end = guarded(MOST_FIELDS * SLOT);
    while (data && getline(&line, &cap, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL), *answer;
        const char *value = json_string_value(json_object_get(request, "decode"));
        alarm(60); /* nothing here takes seconds: a decode without end is a failure that is seen */
        if (json_object_get(request, "reader"))
            answer = answer_compile(request);
        else if (!program)
            answer = json_pack("{s:s}", "error", "no program");
        else
            answer = value ? answer_decode(value, data) : answer_mutate(request, data);
        json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
        putchar('\n');
        fflush(stdout);
        json_decref(answer);
        json_decref(request);
    }
    take_fields(NULL);
    forget_theirs();
    avro_program_free(program);
    avro_scratch_close(scratch);
    free(line);
    free(data);
    return 0;
}
