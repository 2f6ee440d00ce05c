/* registry_room: what the files of the registry share: one HTTP request, what it means, the file. */
#ifndef REGISTRY_ROOM_H
#define REGISTRY_ROOM_H

#include <jansson.h>
#include <stdatomic.h>

#include "microflux/bytes.h"
#include "microflux/registry.h"

/* ---- registry_urls.c: which of our URLs answers ---- */

struct urls;

/* Borrows options and stop (set: a request under way ends soon). ERR_USAGE: no URL, or one that is none. */
enum err urls_open(const struct registry_options *options, const atomic_bool *stop, struct urls **urls,
                   struct err_info *info) MF_MUST_CHECK;
void urls_close(struct urls *urls); /* takes NULL */

struct registry_answer {
    const char *url; /* which of ours answered: borrowed */
    int status;
    struct buffer body; /* to be freed, also on error */
};

/* urls_ask: GET, or POST when there is a body, at the first URL that answers, and not with 5xx. ERR_WEATHER:
 * none did. Thread-safe. */
enum err urls_ask(const struct urls *urls, const char *path, const char *body, struct registry_answer *answer,
                  struct err_info *info) MF_MUST_CHECK;

/* ---- registry_api.c: paths, bodies, and the meaning of answers ---- */

enum err api_schema(const struct urls *urls, uint32_t id, char **schema, struct err_info *info);
/* api_id: ends is "/versions" to register, "" to look up. */
enum err api_id(const struct urls *urls, const char *subject, const char *ends, const char *schema,
                uint32_t *id, struct err_info *info);
enum err api_latest(const struct urls *urls, const char *subject, uint32_t *id, char **schema,
                    struct err_info *info);
enum err api_compatible(const struct urls *urls, const char *subject, const char *schema, bool *compatible,
                        struct err_info *info);

/* ---- registry_file.c: {"version": 1, "url": …, "schemas": {id: text}, "ids": {subject: {id, schema}}} ----
 */

/* file_load: gives the document; an empty one for this url when there is none, or none that can be used. */
json_t *file_load(const char *path, const char *url);
/* file_save: replaces the file as a whole. ERR_IO. */
enum err file_save(const char *path, const char *text, struct err_info *info) MF_MUST_CHECK;

#endif
