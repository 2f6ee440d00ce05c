/* peers_gather: two questions a lane, one lane after the other, wherever the lane's keys lie. */
#include <stdio.h>

#include "creators.h"
#include "peering.h"

static enum err gather_lane(struct redis *redis, const struct config *config, int32_t lane,
                            struct peer_histograms *histograms, struct err_info *info)
{
    char key[192];
    const struct redis_answer *answer;
    enum err err = creators_prefix(redis, config->namespace_, lane, key, sizeof key - sizeof PEERS_KEY, info);
    if (err != ERR_OK)
        return err;
    strcat(key, PEERS_KEY);
    err = redis_call(redis, (struct bytes[]){BYTES("HGETALL"), bytes_of(key)}, 2, &answer, info);
    if (err == ERR_OK)
        err = redis_fate(answer, info);
    return err == ERR_OK ? entries_load(answer, histograms, info) : err;
}

enum err peers_gather(const struct config *config, struct peer_histograms *histograms, struct err_info *info)
{
    struct redis_options options = redis_options_of(config, "microflux-peers");
    struct redis *redis = NULL;
    int32_t lanes = 0;
    *histograms = (struct peer_histograms){0};
    enum err err = redis_open(&options, &redis, info);
    if (err == ERR_OK)
        err = lanes_count(redis, config->namespace_, &lanes, info);
    for (int32_t lane = 0; lane < lanes && err == ERR_OK; lane++)
        err = gather_lane(redis, config, lane, histograms, info);
    redis_close(redis);
    return err;
}
