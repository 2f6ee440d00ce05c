/* The HTTP room against itself: pages, refusals, a port in use, limits of time and size of the client. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "microflux/address.h"
#include "microflux/clock.h"
#include "microflux/http.h"

static struct err_info info;

static void hello(void *owner, struct http_answer *answer)
{
    buffer_printf(&answer->body, "hello %s\n", (const char *)owner);
}

static void sick(void *owner, struct http_answer *answer)
{
    (void)owner;
    answer->status = 503;
    buffer_add_text(&answer->body, "why\n");
}

static void nothing(void *owner, struct http_answer *answer)
{
    (void)owner, (void)answer;
}

static const struct http_route routes[] = {{"/", hello}, {"/sick", sick}, {"/nothing", nothing}};

static struct http *serve(const char *address)
{
    static char owner[] = "you";
    struct http *http = NULL;
    struct http_options options = {"http.address", address, routes, 3, owner};
    if (http_open(&options, &http, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    return http;
}

static enum err get(const char *host, int port, const char *path, size_t max, struct buffer *body,
                    int *status)
{
    char url[96];
    snprintf(url, sizeof url, "http://%s:%d%s", host, port, path);
    body->len = 0;
    struct http_request request = {
        .url = url, .direct = true, .connect_timeout_ms = 500, .timeout_ms = 1000, .max_bytes = max};
    enum err err = http_ask(&request, body, status, &info);
    buffer_add(body, "", 1);
    return err;
}

static void test_pages(void **state)
{
    struct http *http = serve("127.0.0.1:0");
    struct buffer body = {0};
    int status = 0;
    (void)state;
    assert_int_equal(get("127.0.0.1", http_port(http), "/", 100, &body, &status), ERR_OK);
    assert_int_equal(status, 200);
    assert_string_equal(body.data, "hello you\n");
    assert_int_equal(get("127.0.0.1", http_port(http), "/sick?x=1", 100, &body, &status), ERR_OK);
    assert_int_equal(status, 503);
    assert_string_equal(body.data, "why\n");
    assert_int_equal(get("127.0.0.1", http_port(http), "/nothing", 100, &body, &status), ERR_OK);
    assert_int_equal(status, 200);
    assert_int_equal(get("127.0.0.1", http_port(http), "/../etc/passwd", 100, &body, &status), ERR_OK);
    assert_int_equal(status, 404);
    http_close(http);
    buffer_free(&body);
}

static void test_ipv6(void **state)
{
    int probe = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct buffer body = {0};
    int status = 0;
    (void)state;
    bool there = probe >= 0 && bind(probe, (struct sockaddr *)&at, sizeof at) == 0;
    close(probe);
    if (!there)
        skip();
    struct http *http = serve("[::1]:0");
    assert_int_equal(get("[::1]", http_port(http), "/", 100, &body, &status), ERR_OK);
    assert_int_equal(status, 200);
    http_close(http);
    buffer_free(&body);
}

/* Sends what a browser would not and reads the first line of the answer. */
static void say(int port, const char *request, char *line, size_t size)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t n = 0;
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    for (ssize_t got; n + 1 < size && (got = recv(fd, line + n, size - 1 - n, 0)) > 0;)
        n += (size_t)got;
    line[n] = 0;
    close(fd);
}

static void test_other_methods(void **state)
{
    struct http *http = serve("127.0.0.1:0");
    char answer[1024];
    (void)state;
    say(http_port(http), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
        answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 405", 12);
    assert_non_null(strstr(answer, "Allow: GET, HEAD"));
    say(http_port(http), "DELETE /sick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer,
        sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 405", 12);
    say(http_port(http), "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_null(strstr(answer, "hello"));
    assert_non_null(strstr(answer, "default-src 'none'"));
    http_close(http);
}

static void test_port_in_use(void **state)
{
    struct http *first = serve("127.0.0.1:0"), *second = NULL;
    char address[32];
    struct http_options options = {"http.address", address, routes, 3, NULL};
    (void)state;
    snprintf(address, sizeof address, "127.0.0.1:%d", http_port(first));
    assert_int_equal(http_open(&options, &second, &info), ERR_USAGE);
    assert_string_equal(info.word, "address_in_use");
    assert_non_null(strstr(info.sentence, "http.address"));
    assert_non_null(strstr(info.sentence, address));
    http_close(first);
    assert_int_equal(http_open(&options, &second, &info), ERR_OK); /* free again at once */
    http_close(second);
    http_close(NULL);
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {
        "", "9464", "127.0.0.1", "127.0.0.1:", ":9464", "[]:1", "no.such.host.:1", "127.0.0.1:ninety"};
    struct http *http = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_options options = {"http.address", bad[i], routes, 3, NULL};
        assert_int_equal(http_open(&options, &http, &info), ERR_USAGE);
        assert_non_null(strstr(info.sentence, "http.address"));
    }
}

static void test_client_limits(void **state)
{
    struct http *http = serve("127.0.0.1:0");
    struct buffer body = {0};
    int status = 0, port = http_port(http);
    (void)state;
    assert_int_equal(get("127.0.0.1", port, "/", 3, &body, &status), ERR_UNSUPPORTED);
    http_close(http);
    assert_int_equal(get("127.0.0.1", port, "/", 100, &body, &status), ERR_WEATHER); /* nobody there */
    struct http_request request = {
        .url = "file:///etc/hostname", .connect_timeout_ms = 500, .timeout_ms = 1000, .max_bytes = 100};
    assert_int_equal(http_ask(&request, &body, &status, &info), ERR_USAGE);
    buffer_free(&body);
}

/* A server that accepts and says nothing costs timeout_ms and no more. */
static void test_client_timeout(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    struct buffer body = {0};
    int fd = socket(AF_INET, SOCK_STREAM, 0), status = 0;
    (void)state;
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    int64_t begun = clock_mono_ms();
    assert_int_equal(get("127.0.0.1", ntohs(at.sin_port), "/", 100, &body, &status), ERR_WEATHER);
    assert_in_range(clock_mono_ms() - begun, 900, 5000);
    close(fd);
    buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),          cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_other_methods),  cmocka_unit_test(test_port_in_use),
        cmocka_unit_test(test_addresses),      cmocka_unit_test(test_client_limits),
        cmocka_unit_test(test_client_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
