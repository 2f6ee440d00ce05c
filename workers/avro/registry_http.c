/* registry_http: one request, one answer, at the first of our URLs that is there. A handle of libcurl a
 * request: they are rare (one a schema), and so nothing is shared between threads. */
#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry_room.h"

#define MOST_URLS   8
#define MOST_ANSWER (4 << 20) /* bytes; more is no registry */

struct http {
    const struct registry_options *options;
    const atomic_bool *stop;
    char *urls[MOST_URLS];
    size_t n;
};

static bool given(const char *text)
{
    return text && *text;
}

static enum err check_url(const char *url, struct err_info *info)
{
    char *scheme = NULL, *user = NULL, *query = NULL;
    CURLU *parts = curl_url();
    bool good = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                curl_url_get(parts, CURLUPART_QUERY, &query, 0) != CURLUE_OK;
    bool login = good && curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK;
    curl_free(scheme);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(parts);
    if (login) /* not repeated: it may hold a password, and URLs are logged */
        return err_set(info, ERR_USAGE, "registry_url",
                       "registry.url holds a user name: write it to registry.username and the password to "
                       "registry.password_file");
    if (!good)
        return err_set(info, ERR_USAGE, "registry_url",
                       "registry.url: \"%s\" is not an address such as http://localhost:8081", url);
    return ERR_OK;
}

static enum err add_url(struct http *http, const char *url, struct err_info *info)
{
    enum err err = check_url(url, info);
    if (err != ERR_OK)
        return err;
    if (http->n == MOST_URLS)
        return err_set(info, ERR_USAGE, "registry_url", "registry.url: more than %d addresses", MOST_URLS);
    char *own = strdup(url);
    if (!own)
        abort();
    for (size_t len = strlen(own); len > 0 && own[len - 1] == '/';)
        own[--len] = 0;
    http->urls[http->n++] = own;
    return ERR_OK;
}

enum err http_open(const struct registry_options *options, const atomic_bool *stop, struct http **result,
                   struct err_info *info)
{
    struct http *http = calloc(1, sizeof *http);
    char *list = strdup(options->url ? options->url : ""), *rest = list;
    enum err err = ERR_OK;
    if (!http || !list || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    http->options = options;
    http->stop = stop;
    for (char *url; err == ERR_OK && (url = strsep(&rest, ", ")) != NULL;)
        if (*url)
            err = add_url(http, url, info);
    free(list);
    if (err == ERR_OK && http->n == 0)
        err = err_set(info, ERR_USAGE, "registry_url", "registry.url is empty");
    if (err == ERR_OK && given(options->ca_file) && access(options->ca_file, R_OK) != 0)
        err = err_set(info, ERR_USAGE, "registry_ca_file", "registry.ca_file: cannot read %s",
                      options->ca_file);
    if (err != ERR_OK)
        http_close(http);
    else
        *result = http;
    return err;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    for (size_t i = 0; i < http->n; i++)
        free(http->urls[i]);
    free(http);
    curl_global_cleanup();
}

/* ---- one request ---- */

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct buffer *body = arg;
    if (body->len + size * n > MOST_ANSWER)
        return 0;
    buffer_add(body, data, size * n);
    return size * n;
}

static int on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    const struct http *http = arg;
    (void)total, (void)now, (void)up_total, (void)up;
    return atomic_load(http->stop);
}

/* What every request has: timeouts, who we are, whom we trust. Redirects are not followed. */
static void set_common(CURL *curl, const struct http *http)
{
    const struct registry_options *o = http->options;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "microflux/" MF_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, http);
    if (given(o->ca_file))
        curl_easy_setopt(curl, CURLOPT_CAINFO, o->ca_file);
    if (given(o->username) || given(o->password)) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, o->username ? o->username : "");
        curl_easy_setopt(curl, CURLOPT_PASSWORD, o->password ? o->password : "");
    }
}

static enum err ask_one(const struct http *http, const char *path, const char *body,
                        struct http_answer *answer, struct err_info *info)
{
    char why[CURL_ERROR_SIZE] = "";
    struct buffer url = {0};
    struct curl_slist *headers =
        curl_slist_append(NULL, "Accept: application/vnd.schemaregistry.v1+json, application/json");
    CURL *curl = curl_easy_init();
    if (!curl || !headers)
        abort();
    buffer_printf(&url, "%s%s", answer->url, path);
    answer->body.len = 0;
    set_common(curl, http);
    curl_easy_setopt(curl, CURLOPT_URL, url.data);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        headers = curl_slist_append(headers, "Content-Type: application/vnd.schemaregistry.v1+json");
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    buffer_free(&url);
    if (code == CURLE_OK)
        return ERR_OK;
    return err_set(info, ERR_WEATHER, "registry_away", "%s: %s", answer->url,
                   *why ? why : curl_easy_strerror(code));
}

enum err http_ask(const struct http *http, const char *path, const char *body, struct http_answer *answer,
                  struct err_info *info)
{
    enum err err = ERR_WEATHER;
    for (size_t i = 0; i < http->n && !atomic_load(http->stop); i++) {
        answer->url = http->urls[i];
        err = ask_one(http, path, body, answer, info);
        if (err == ERR_OK && answer->status < 500)
            break;
    }
    return err;
}
