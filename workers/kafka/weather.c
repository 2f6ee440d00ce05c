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

static void say(const struct weather *weather, rd_kafka_t *rk, const char *event, rd_kafka_resp_err_t code,
                const char *reason)
{
    const char *cure = weather->cure;
    log_warn(event, "role=%s client=%s error=%s message=\"%s\"%s%s%s", weather->role, rd_kafka_name(rk),
             rd_kafka_err2name(code), reason, cure ? " cure=\"" : "", cure ? cure : "", cure ? "\"" : "");
}

/* That all brokers are down is told after the reason of the last one, which says more. */
void weather_error(struct weather *weather, rd_kafka_t *rk, rd_kafka_resp_err_t code, const char *reason)
{
    weather_count(weather, code);
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        if (!weather->away)
            say(weather, rk, "kafka_away", code, reason);
        weather->away = true;
        return;
    }
    snprintf(weather->reason, sizeof weather->reason, "%s", reason);
    weather->cure = cure_for(rk, reason);
    if (weather->told == code)
        return;
    weather->told = code;
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        fatal(weather, rk);
    else
        say(weather, rk, "kafka_error", code, reason);
}

enum err weather_err(const struct weather *weather, rd_kafka_resp_err_t code, const char *what,
                     struct err_info *info)
{
    if (weather->cure)
        return err_set(info, ERR_WEATHER, rd_kafka_err2name(code), "%s: %s", what, weather->cure);
    return err_set(info, ERR_WEATHER, rd_kafka_err2name(code), "%s: %s %s", what, rd_kafka_err2str(code),
                   weather->reason);
}

void weather_clears(struct weather *weather)
{
    if (weather->away)
        log_info("kafka_back", "role=%s message=\"a broker answers again\"", weather->role);
    weather->away = false;
    weather->told = RD_KAFKA_RESP_ERR_NO_ERROR;
    weather->reason[0] = '\0';
    weather->cure = NULL;
}
