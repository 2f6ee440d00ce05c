/* publish_once: a publisher for one record. */
#include "publish_once.h"

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    (void)ticket;
    if (failure)
        *(struct err_info *)owner = *failure;
}

enum err publish_once(const struct config *config, const char *topic, struct bytes key, struct bytes value,
                      int64_t timestamp, int timeout_ms, struct err_info *info)
{
    struct err_info failure = {0};
    struct publisher_options options = {
        kafka_pairs_of(config), config->n_kafka, &topic, 1, &failure, on_delivered, 0};
    struct publisher *publisher = NULL;
    enum err err = publisher_open(&options, &publisher, info);
    if (err == ERR_OK)
        err = publish(publisher, 0, -1, key, value, timestamp, NULL, 0, 0, info);
    if (err == ERR_OK)
        err = publisher_flush(publisher, timeout_ms, info);
    if (err == ERR_OK && failure.code != ERR_OK) {
        *info = failure;
        err = failure.code;
    }
    publisher_close(publisher);
    return err;
}
