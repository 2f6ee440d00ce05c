/* get: one URL into a buffer, within a time and a size. Nothing is kept between two calls: whoever asks often
 * asks a server nearby. */
#include <curl/curl.h>

#include "microflux/http.h"

struct getting {
    struct buffer *body;
    size_t left;
};

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
    struct getting *getting = arg;
    if (size * n > getting->left)
        return 0; /* curl then fails with CURLE_WRITE_ERROR */
    getting->left -= size * n;
    buffer_add(getting->body, data, size * n);
    return size * n;
}

static enum err fate_of(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_USAGE;
    case CURLE_WRITE_ERROR:
        return ERR_UNSUPPORTED;
    default:
        return ERR_WEATHER;
    }
}

static void set_options(CURL *curl, const struct http_get_options *options, struct getting *getting,
                        char *why)
{
    curl_easy_setopt(curl, CURLOPT_URL, options->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "microflux/" MF_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, getting);
}

enum err http_get(const struct http_get_options *options, struct buffer *body, int *status,
                  struct err_info *info)
{
    char why[CURL_ERROR_SIZE] = "";
    struct getting getting = {body, options->max_bytes};
    long answered = 0;
    CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for an HTTP client");
    set_options(curl, options, &getting, why);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
    curl_easy_cleanup(curl);
    *status = (int)answered;
    if (code == CURLE_WRITE_ERROR)
        return err_set(info, ERR_UNSUPPORTED, "http_too_large", "%s answers more than %zu bytes",
                       options->url, options->max_bytes);
    if (code != CURLE_OK)
        return err_set(info, fate_of(code), "http", "%s: %s", options->url,
                       *why ? why : curl_easy_strerror(code));
    return ERR_OK;
}
