/* weather: brokers come and go. A client tells it once a change: kafka_away when none of them answers,
 * kafka_back when something came again, kafka_error for any other complaint, until it changes. */
#include <stdio.h>

#include "kafka_room.h"

static void fatal(const struct weather *weather, rd_kafka_t *rk)
{
    char why[256] = "";
    rd_kafka_resp_err_t cause = rd_kafka_fatal_error(rk, why, sizeof why);
    log_error("kafka_fatal", "role=%s client=%s error=%s message=\"%s\"", weather->role, rd_kafka_name(rk),
              rd_kafka_err2name(cause), why);
}

void weather_count(struct weather *weather, rd_kafka_resp_err_t code)
{
    if (weather->errors)
        tally_count(weather->errors, rd_kafka_err2name(code));
}

void weather_error(struct weather *weather, rd_kafka_t *rk, rd_kafka_resp_err_t code, const char *reason)
{
    snprintf(weather->reason, sizeof weather->reason, "%s", reason);
    weather_count(weather, code);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        if (!weather->away)
            log_warn("kafka_away", "role=%s client=%s message=\"%s\"", weather->role, rd_kafka_name(rk),
                     reason);
        weather->away = true;
        return;
    }
    if (weather->told == code)
        return;
    weather->told = code;
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        fatal(weather, rk);
    else
        log_warn("kafka_error", "role=%s client=%s error=%s message=\"%s\"", weather->role, rd_kafka_name(rk),
                 rd_kafka_err2name(code), reason);
}

void weather_clears(struct weather *weather)
{
    if (weather->away)
        log_info("kafka_back", "role=%s message=\"a broker answers again\"", weather->role);
    weather->away = false;
    weather->told = RD_KAFKA_RESP_ERR_NO_ERROR;
    weather->reason[0] = '\0';
}
