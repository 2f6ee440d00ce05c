/* registry_urls: one question, one answer, at the first of our URLs that is there. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "microflux/file.h"
#include "microflux/http.h"
#include "registry_room.h"

#define MOST_URLS   8
#define MOST_ANSWER (4 << 20) /* bytes; more is no registry */

struct urls {
    const struct registry_options *options;
    const atomic_bool *stop;
    char *of[MOST_URLS];
    size_t n;
};

static enum err check_url(const char *url, struct err_info *info)
{
    switch (http_url(url)) {
    case HTTP_URL_GOOD:
        return ERR_OK;
    case HTTP_URL_HOLDS_LOGIN: /* not repeated: it may hold a password, and URLs are logged */
        return err_set(info, ERR_USAGE, "registry_url",
                       "registry.url holds a user name: write it to registry.username and the password to "
                       "registry.password_file");
    case HTTP_URL_BAD:
        break;
    }
    return err_set(info, ERR_USAGE, "registry_url",
                   "registry.url: \"%s\" is not an address such as http://localhost:8081", url);
}

static enum err add_url(struct urls *urls, const char *url, struct err_info *info)
{
    enum err err = check_url(url, info);
    if (err != ERR_OK)
        return err;
    if (urls->n == MOST_URLS)
        return err_set(info, ERR_USAGE, "registry_url", "registry.url: more than %d addresses", MOST_URLS);
    char *own = strdup(url);
    if (!own)
        abort();
    for (size_t len = strlen(own); len > 0 && own[len - 1] == '/';)
        own[--len] = 0;
    urls->of[urls->n++] = own;
    return ERR_OK;
}

enum err urls_open(const struct registry_options *options, const atomic_bool *stop, struct urls **result,
                   struct err_info *info)
{
    struct urls *urls = calloc(1, sizeof *urls);
    char *list = strdup(options->url ? options->url : ""), *rest = list;
    enum err err = ERR_OK;
    if (!urls || !list)
        abort();
    urls->options = options;
    urls->stop = stop;
    for (char *url; err == ERR_OK && (url = strsep(&rest, ", ")) != NULL;)
        if (*url)
            err = add_url(urls, url, info);
    free(list);
    if (err == ERR_OK && urls->n == 0)
        err = err_set(info, ERR_USAGE, "registry_url", "registry.url is empty");
    if (err == ERR_OK && given(options->ca_file) && access(options->ca_file, R_OK) != 0)
        err = err_set(info, ERR_USAGE, "registry_ca_file", "registry.ca_file: cannot read %s",
                      options->ca_file);
    if (err != ERR_OK)
        urls_close(urls);
    else
        *result = urls;
    return err;
}

void urls_close(struct urls *urls)
{
    if (!urls)
        return;
    for (size_t i = 0; i < urls->n; i++)
        free(urls->of[i]);
    free(urls);
}

/* The file's, if there is one, as it is now; the last one while it cannot be read. */
static const char *password_now(const struct registry_options *o, char fresh[FILE_SECRET])
{
    struct err_info info;
    bool read = given(o->password_file) && file_secret(o->password_file, fresh, &info) == ERR_OK;
    return read ? fresh : o->password;
}

enum err urls_ask(const struct urls *urls, const char *path, const char *body, struct registry_answer *answer,
                  struct err_info *info)
{
    const struct registry_options *o = urls->options;
    char fresh[FILE_SECRET] = "";
    struct http_request request = {.body = body,
                                   .type = "application/vnd.schemaregistry.v1+json, application/json",
                                   .username = o->username,
                                   .password = password_now(o, fresh),
                                   .ca_file = o->ca_file,
                                   .connect_timeout_ms = o->connect_timeout_ms,
                                   .timeout_ms = o->timeout_ms,
                                   .max_bytes = MOST_ANSWER,
                                   .stop = urls->stop};
    struct buffer url = {0};
    enum err err = ERR_WEATHER;
    for (size_t i = 0; i < urls->n && !atomic_load(urls->stop); i++) {
        struct err_info why;
        answer->url = urls->of[i];
        answer->body.len = url.len = 0;
        buffer_printf(&url, "%s%s", answer->url, path);
        request.url = url.data;
        err = http_ask(&request, &answer->body, &answer->status, &why);
        if (err != ERR_OK)
            err = err_set(info, ERR_WEATHER, "registry_away", "%s", why.sentence);
        else if (answer->status < 500)
            break;
    }
    buffer_free(&url);
    explicit_bzero(fresh, sizeof fresh);
    return err;
}
