/* fuzz_config: everything an operator writes. The first byte picks what the rest is: a configuration file, an
 * environment (names and values, a line each), lines of --set, a methodology, a table of benchmarks or of
 * values, a secret. Each is read or refused in a sentence; a methodology that is read scores. */
#include <assert.h>

#include "fuzz.h"
#include "microflux/config.h"
#include "microflux/keyed_hash.h"
#include "microflux/market.h"

#define MOST_LINES 64

static void judge(enum err err, const struct err_info *info)
{
    assert(err == ERR_OK || (err == ERR_USAGE && info->word[0] && info->sentence[0]));
}

/* A file, an environment or sets may name any file as that of a password: a fuzzer must not read those. */
static bool names_a_file(const char *text)
{
    return strstr(text, "_file") || strstr(text, "_FILE");
}

static void load(const struct config_sources *sources)
{
    struct config *config = NULL;
    struct err_info info = {0};
    enum err err = config_load(sources, &config, &info);
    judge(err, &info);
    if (err == ERR_OK) {
        FILE *out = fopen("/dev/null", "w");
        config_print_effective(config, out);
        fclose(out);
        config_free(config);
    }
}

static void read_lines(char *text, bool variables)
{
    char *lines[MOST_LINES + 1] = {NULL}, *rest = text;
    size_t n = 0;
    while (n < MOST_LINES && (lines[n] = strsep(&rest, "\n")))
        n++;
    lines[n] = NULL;
    if (variables)
        load(&(struct config_sources){.environment = lines});
    else
        load(&(struct config_sources){.sets = (const char *const *)lines, .n_sets = n});
}

static void read_methodology(const char *text)
{
    static struct score score;
    struct methodology *m = NULL;
    struct creator c;
    struct err_info info = {0};
    enum err err = methodology_read("m.conf", text, "default", &m, &info);
    judge(err, &info);
    if (err != ERR_OK)
        return;
    creator_init(&c);
    creator_score(&c, m, NULL, 1772454600000, &score);
    creator_clear(&c);
    methodology_close(m);
}

static void read_benchmark(const char *text)
{
    static struct methodology *m;
    struct peer_table *table = NULL;
    struct err_info info = {0};
    if (!m && methodology_open("default", &m, &info) != ERR_OK)
        abort();
    enum err err = benchmark_read("b.conf", text, m, &table, &info);
    judge(err, &info);
    if (err == ERR_OK)
        free(table);
}

static void read_values(const char *text)
{
    struct unit_values *values = NULL;
    struct err_info info = {0};
    enum err err = unit_values_read("v.conf", text, &values, &info);
    judge(err, &info);
    if (err == ERR_OK)
        unit_values_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {(const char *)data, size};
    struct keyed_secret secret;
    struct err_info info = {0};
    int what = fuzz_byte(&rest) % 7;
    char *text = fuzz_text(rest);
    if (what < 3 && names_a_file(text))
        what = -1;
    if (what == 0)
        load(&(struct config_sources){.file = fuzz_file(rest)});
    else if (what == 1 || what == 2)
        read_lines(text, what == 1);
    else if (what == 3)
        read_methodology(text);
    else if (what == 4)
        read_benchmark(text);
    else if (what == 5)
        read_values(text);
    else if (what == 6)
        judge(keyed_secret_read(rest, &secret, &info), &info);
    free(text);
    return 0;
}
