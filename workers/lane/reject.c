/* reject: a record that cannot be used goes to the dead-letter topic, and `published` waits for it like for a
 * score. */
#include "lane_room.h"

void lane_reject(struct lane *lane, const struct kafka_record *record, const char *stage, uint32_t schema_id,
                 const struct err_info *why)
{
    struct dead_letter_story story = {lane->options->inputs[record->input], schema_id, stage, why,
                                      lane->options->name};
    uint64_t mark = ledger_now(&lane->ledger);
    int topic = (int)lane->kind->n_outputs; /* the publisher has it behind the outputs */
    struct err_info info;
    enum err err = ERR_WEATHER;
    COUNT(lane->counters, rejected);
    tally_count(&lane->counters->rejects, why->word);
    if (lane->options->silent)
        return; /* the live lane sent it */
    ledger_open(&lane->ledger, mark);
    /* The producer's queue is full only while the broker is slow or away: wait a little here, then read it
     * all again later. */
    for (int tries = 0; tries < 100; tries++) {
        err = dead_letter_publish(lane->worker->publisher, topic, record, &story, lane_ticket(lane, mark),
                                  &info);
        if (err != ERR_WEATHER)
            break;
        publisher_poll(lane->worker->publisher, 10);
    }
    COUNT_N(lane->counters, dead_letters, err == ERR_OK);
    if (err != ERR_OK)
        lane_trouble(lane, ERR_LOST, info.word, "%s", info.sentence);
}
