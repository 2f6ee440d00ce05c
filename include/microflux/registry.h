/* registry: a schema registry that speaks Confluent's REST API: schemas by id, for records met on the way,
 * and ids of our own schemas.
 *
 * One handle a process, shared by all threads. A thread of its own fetches what workers ask for, so that none
 * of them waits. What it said once stands for good (an id never changes its schema), in memory and in one
 * file, so that a start finds it while the registry is away. Away, wrong password, an answer that is none:
 * weather, logged once a change of state; never a reject.
 */
#ifndef MICROFLUX_REGISTRY_H
#define MICROFLUX_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "microflux/err.h"

struct registry;

/* Strings are borrowed as long as the handle lives; NULL or "" = none. */
struct registry_options {
    const char *url; /* http(s)://host:port/path, several separated by commas: the next when one is away */
    const char *username, *password;    /* basic authentication */
    const char *password_file;          /* its first line, for each question anew, instead of password */
    const char *ca_file;                /* PEM; none = the system's; host names are always checked */
    int connect_timeout_ms, timeout_ms; /* the second for the whole request */
    int64_t negative_ttl_ms;            /* an id that is not there is asked for again after this */
    const char *cache_file;             /* JSON, replaced as a whole; written by the thread */
};

/* registry_open: reads the file (one that cannot be used is logged and left alone until it is replaced) and
 * starts the thread; asks nothing yet. ERR_USAGE: the URL or the CA file is unusable. Gives. */
enum err registry_open(const struct registry_options *options, struct registry **registry,
                       struct err_info *info) MF_MUST_CHECK;
void registry_close(struct registry *registry); /* writes the file if there is news; takes NULL */

/* registry_schema: what is known of an id now; never waits for the network. *schema stays as long as the
 * handle. ERR_WEATHER: not known yet; it is being asked for until there is an answer: look again later.
 * ERR_NOT_FOUND: the registry said so within negative_ttl_ms. */
enum err registry_schema(struct registry *registry, uint32_t id, const char **schema,
                         struct err_info *info) MF_MUST_CHECK;

/* ---- these wait for the answer, at most timeout_ms a URL: for the start and for tools ----
 * Each may say ERR_WEATHER (away, slow, no registry at all) or ERR_REFUSED (word registry_auth: log in). */

/* registry_fetch: registry_schema, waiting. */
enum err registry_fetch(struct registry *registry, uint32_t id, const char **schema,
                        struct err_info *info) MF_MUST_CHECK;
/* registry_register: the id of the schema under the subject; the same schema again has the same id. Away: the
 * id in the file, if the file knows this schema under this subject. ERR_REFUSED: schema_incompatible,
 * schema_refused; the sentence has the registry's words. */
enum err registry_register(struct registry *registry, const char *subject, const char *schema, uint32_t *id,
                           struct err_info *info) MF_MUST_CHECK;
/* registry_look_up: registry_register for those who may not write: ERR_NOT_FOUND when it is not there. */
enum err registry_look_up(struct registry *registry, const char *subject, const char *schema, uint32_t *id,
                          struct err_info *info) MF_MUST_CHECK;
/* registry_latest: the newest schema of a subject; gives *schema, free(). ERR_NOT_FOUND: no such subject. */
enum err registry_latest(struct registry *registry, const char *subject, uint32_t *id, char **schema,
                         struct err_info *info) MF_MUST_CHECK;
/* registry_compatible: might the schema be registered under the subject? ERR_NOT_FOUND: no such subject. */
enum err registry_compatible(struct registry *registry, const char *subject, const char *schema,
                             bool *compatible, struct err_info *info) MF_MUST_CHECK;

#endif
