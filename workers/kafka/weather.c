/* weather: brokers come and go. A client tells it once a change: kafka_away when none of them answers,
 * kafka_back when something came again, kafka_error for any other complaint, until it changes. */
#include <stdio.h>
#include <string.h>

#include "kafka_room.h"
#include "microflux/file.h"

void weather_begin(struct weather *weather, const char *role, const struct kafka_pair *pairs, size_t n_pairs)
{
    *weather = (struct weather){.role = role};
    for (size_t i = 0; i < n_pairs; i++)
        if (strcmp(pairs[i].key, PASSWORD_FILE) == 0)
            snprintf(weather->password_file, sizeof weather->password_file, "%s", pairs[i].value);
}

/* The library tries again by itself, with whatever it has then. */
static void take_password_anew(const struct weather *weather, rd_kafka_t *rk)
{
    char user[256] = "", password[FILE_SECRET];
    size_t size = sizeof user;
    struct err_info info;
    if (!weather->password_file[0] || file_secret(weather->password_file, password, &info) != ERR_OK)
        return;
    rd_kafka_conf_get(rd_kafka_conf(rk), "sasl.username", user, &size);
    rd_kafka_error_destroy(rd_kafka_sasl_set_credentials(rk, user, password));
    explicit_bzero(password, sizeof password);
}

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
    if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
        take_password_anew(weather, rk);
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
