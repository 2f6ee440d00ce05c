/* fate: what a refusal of Redis means: wait, or call a person. */
#include "store_room.h"

static const char *const weather[] = {"ASK",        "TRYAGAIN",   "MOVED",    "CLUSTERDOWN",
                                      "EXECABORT",  "LOADING",    "READONLY", "OOM",
                                      "NOREPLICAS", "MASTERDOWN", "BUSY",     "MISCONF"};

static struct bytes first_word(struct bytes text)
{
    const char *blank = memchr(text.ptr, ' ', text.len);
    return (struct bytes){text.ptr, blank ? (size_t)(blank - text.ptr) : text.len};
}

enum err redis_fate(const struct redis_answer *answer, struct err_info *info)
{
    if (answer->type != REDIS_ERROR)
        return ERR_OK;
    struct bytes word = first_word(answer->text);
    for (size_t i = 0; i < sizeof weather / sizeof weather[0]; i++)
        if (bytes_equal(word, bytes_of(weather[i])))
            return err_set(info, ERR_WEATHER, weather[i], "Redis says %.*s", (int)answer->text.len,
                           answer->text.ptr);
    char copy[32];
    size_t len = word.len < sizeof copy - 1 ? word.len : sizeof copy - 1;
    memcpy(copy, word.ptr, len);
    copy[len] = 0;
    return err_set(info, ERR_REFUSED, *copy ? copy : "error", "Redis refuses: %.*s", (int)answer->text.len,
                   answer->text.ptr);
}
