/* inquiry: what its two files share. */
#ifndef KAFKA_INQUIRY_H
#define KAFKA_INQUIRY_H

#include "kafka_room.h"

struct inquiry {
    rd_kafka_t *rk;
    int timeout_ms;
    struct weather weather;
    bool group_forbidden;
};

/* inquiry_note: keeps what an error among the messages tells. */
void inquiry_note(struct inquiry *inquiry, const rd_kafka_message_t *message);

/* inquiry_err: ERR_OK without a code; ERR_REFUSED for a missing right; else weather, with its cure. */
enum err inquiry_err(struct inquiry *inquiry, rd_kafka_resp_err_t code, const char *what,
                     struct err_info *info);

#endif
