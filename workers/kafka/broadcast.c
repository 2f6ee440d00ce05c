/* broadcast: a scan that does not end. Where the brokers or the topic are not there yet, each turn tries
 * again; once reached, librdkafka rides out the weather. */
#include <stdlib.h>

#include "kafka_room.h"
#include "microflux/clock.h"

struct broadcast {
    struct broadcast_options options;
    struct scan *scan; /* NULL: not reached yet */
    bool whole;
};

struct broadcast *broadcast_open(const struct broadcast_options *options)
{
    struct broadcast *broadcast = calloc(1, sizeof *broadcast);
    if (!broadcast)
        abort();
    broadcast->options = *options;
    return broadcast;
}

enum err broadcast_turn(struct broadcast *broadcast, int timeout_ms, struct err_info *info)
{
    const struct broadcast_options *o = &broadcast->options;
    int64_t until = clock_mono_ms() + timeout_ms, left = timeout_ms;
    struct kafka_record record;
    enum err err = ERR_OK;
    if (!broadcast->scan)
        err = scan_follow(o->pairs, o->n_pairs, o->topic, &broadcast->scan, info);
    if (err != ERR_OK)
        return err;
    for (; err == ERR_OK && left >= 0; left = until - clock_mono_ms()) {
        err = scan_next(broadcast->scan, (int)left, &record, &broadcast->whole, info);
        if (err == ERR_OK)
            o->take(o->owner, &record);
    }
    return ERR_OK;
}

bool broadcast_whole(const struct broadcast *broadcast)
{
    return broadcast->whole;
}

void broadcast_close(struct broadcast *broadcast)
{
    if (!broadcast)
        return;
    scan_close(broadcast->scan);
    free(broadcast);
}
