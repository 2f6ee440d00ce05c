/* overlap: how much of two creators' audiences of the last weeks is the same. */
#include <stdio.h>

#include "creators.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/fit.h"
#include "options.h"

static enum err reach_of(struct redis *redis, const struct config *config, const char *name,
                         uint8_t *registers, struct err_info *info)
{
    struct creator c;
    struct fence fence;
    int32_t lane;
    creator_init(&c);
    enum err err = creator_live(redis, config->namespace_, bytes_of(name), &c, &lane, &fence, info);
    memset(registers, 0, HLL_REGISTERS);
    if (err == ERR_OK && c.actors)
        actors_registers(c.actors, fence_now(&fence), registers);
    creator_clear(&c);
    return err;
}

static void tell(char **names, const double *reach, struct optional shared, bool json)
{
    if (json) {
        printf("{\"reach\":[%.1f,%.1f],\"overlap\":", reach[0], reach[1]);
        printf(shared.there ? "%.4f}\n" : "null}\n", shared.value);
        return;
    }
    for (int i = 0; i < 2; i++)
        printf("%-24s %8.0f people in the last weeks (± 2.3 %%)\n", names[i], reach[i]);
    if (shared.there)
        printf("%.1f %% of the smaller audience acted on both\n", 100 * shared.value);
    else
        printf("what they share is below what the sketches can tell\n");
}

static enum err show(const struct config *config, char **names, bool json, struct err_info *info)
{
    struct redis_options options = redis_options_of(config, "microflux-overlap");
    struct redis *redis = NULL;
    uint8_t registers[2][HLL_REGISTERS];
    enum err err = redis_open(&options, &redis, info);
    for (int i = 0; i < 2 && err == ERR_OK; i++)
        err = reach_of(redis, config, names[i], registers[i], info);
    if (err == ERR_OK)
        tell(names, (double[]){hll_estimate(registers[0]), hll_estimate(registers[1])},
             overlap(registers[0], registers[1]), json);
    redis_close(redis);
    return err;
}

int command_overlap(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {{"format", ARG_CHOICE, "text|json", "json: one object", &format}};
    const struct args args = {"overlap",
                              "CREATOR CREATOR",
                              "Says how much of two creators' audiences is the same.",
                              "microflux overlap creator-42 creator-7",
                              options,
                              1,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (n != 2) {
        fprintf(stderr, "microflux overlap: name two creators\n");
        status = 64;
    } else {
        status =
            show(config, rest, strcmp(format, "json") == 0, &info) == ERR_OK ? 0 : complain("overlap", &info);
    }
    config_free(config);
    return status;
}
