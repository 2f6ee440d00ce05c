/* ask: one request, one answer, within a time and a size. A handle of libcurl a request: nothing is kept
 * between two calls, and nothing shared between threads. Whoever asks often asks a server nearby. */
#include <curl/curl.h>

#include "microflux/http.h"

struct asking {
    struct buffer *body;
    size_t left;
    const atomic_bool *stop;
};

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
    struct asking *asking = arg;
    if (size * n > asking->left)
        return 0; /* curl then fails with CURLE_WRITE_ERROR */
    asking->left -= size * n;
    buffer_add(asking->body, data, size * n);
    return size * n;
}

static int on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    const struct asking *asking = arg;
    (void)total, (void)now, (void)up_total, (void)up;
    return asking->stop && atomic_load(asking->stop);
}

static enum err fate_of(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_USAGE;
    default:
        return ERR_WEATHER;
    }
}

static struct curl_slist *header(struct curl_slist *headers, const char *name, const char *value, size_t len)
{
    struct buffer line = {0};
    buffer_printf(&line, "%s: %.*s", name, (int)len, value);
    headers = curl_slist_append(headers, line.data);
    buffer_free(&line);
    return headers;
}

/* Whom we trust and who we are. */
static void set_security(CURL *curl, const struct http_request *r)
{
    if (given(r->ca_file))
        curl_easy_setopt(curl, CURLOPT_CAINFO, r->ca_file);
    if (!given(r->username) && !given(r->password))
        return;
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, r->username ? r->username : "");
    curl_easy_setopt(curl, CURLOPT_PASSWORD, r->password ? r->password : "");
}

static void set_options(CURL *curl, const struct http_request *r, struct asking *asking, char *why)
{
    curl_easy_setopt(curl, CURLOPT_URL, r->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (r->direct)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "microflux/" MF_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, asking);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, asking);
    if (r->body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
    set_security(curl, r);
}

enum err http_ask(const struct http_request *r, struct buffer *body, int *status, struct err_info *info)
{
    char why[CURL_ERROR_SIZE] = "";
    struct asking asking = {body, r->max_bytes, r->stop};
    struct curl_slist *headers = NULL;
    long answered = 0;
    CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for an HTTP client");
    set_options(curl, r, &asking, why);
    if (r->type)
        headers = header(headers, "Accept", r->type, strlen(r->type));
    if (r->type && r->body)
        headers = header(headers, "Content-Type", r->type, strcspn(r->type, ","));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    *status = (int)answered;
    if (code == CURLE_WRITE_ERROR)
        return err_set(info, ERR_UNSUPPORTED, "http_too_large", "%s answers more than %zu bytes", r->url,
                       r->max_bytes);
    if (code != CURLE_OK)
        return err_set(info, fate_of(code), "http", "%s: %s", r->url, *why ? why : curl_easy_strerror(code));
    return ERR_OK;
}

enum http_url http_url(const char *url)
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
    return login ? HTTP_URL_HOLDS_LOGIN : good ? HTTP_URL_GOOD : HTTP_URL_BAD;
}
