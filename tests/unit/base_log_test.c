/* The log: one line a call whatever is in it, whole lines from many threads, the JSON form is JSON. */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "capture.h"
#include "microflux/log.h"

#define THREADS 8
#define LINES   500

static char *heard(bool json, enum log_level least, void (*say)(void))
{
    log_setup(least, json);
    struct capture capture = capture_begin(STDERR_FILENO);
    say();
    char *text = capture_end(&capture);
    log_setup(LOG_LEVEL_INFO, false);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        n++;
    }
    return n;
}

/* One line that looks like `shape` (digits are any digit), then `rest` and a newline. */
static void is_line(const char *text, const char *shape, const char *rest)
{
    for (; *shape; shape++, text++)
        assert_int_equal(*text >= '0' && *text <= '9' ? '0' : *text, *shape);
    assert_int_equal(strncmp(text, rest, strlen(rest)), 0);
    assert_string_equal(text + strlen(rest), "\n");
}

static void say_one(void)
{
    log_info("lane_taken", "lane=%d applied.posts=%d why=\"%s\"", 3, 120, "no \"reason\" at all");
}

static void test_the_line(void **state)
{
    char *text = heard(false, LOG_LEVEL_INFO, say_one);
    (void)state;
    is_line(text, "0000-00-00T00:00:00.000Z ",
            "INFO  lane_taken lane=3 applied.posts=120 why=\"no \"reason\" at all\"");
    free(text);
    text = heard(true, LOG_LEVEL_INFO, say_one);
    is_line(text, "{\"time\":\"0000-00-00T00:00:00.000Z\",",
            "\"level\":\"INFO\",\"event\":\"lane_taken\",\"lane\":\"3\",\"applied.posts\":\"120\","
            "\"why\":\"no \\\"reason\\\" at all\"}");
    free(text);
}

static void say_all_levels(void)
{
    log_debug("one", "n=1");
    log_info("two", "n=2");
    log_warn("three", "n=3");
    log_error("four", "n=4");
}

static void test_levels(void **state)
{
    static const char *const names[] = {"DEBUG", "INFO ", "WARN ", "ERROR"};
    (void)state;
    for (int least = LOG_LEVEL_DEBUG; least <= LOG_LEVEL_ERROR; least++) {
        char *text = heard(false, (enum log_level)least, say_all_levels);
        assert_int_equal(count(text, "\n"), 4 - least);
        for (int i = 0; i < 4; i++)
            assert_int_equal(count(text, names[i]), i >= least);
        free(text);
    }
}

static void say_lines_in_values(void)
{
    log_info("torn", "error=\"first\nsecond\r\nthird\" path=\"C:\\temp\" bell=\"\a\t\"");
}

static void test_a_newline_makes_no_second_line(void **state)
{
    char *text = heard(false, LOG_LEVEL_INFO, say_lines_in_values);
    (void)state;
    assert_int_equal(count(text, "\n"), 1);
    assert_int_equal(count(text, "\r"), 0);
    assert_non_null(strstr(text, "error=\"first second  third\""));
    free(text);
    text = heard(true, LOG_LEVEL_INFO, say_lines_in_values);
    assert_non_null(
        strstr(text, "\"error\":\"first second  third\",\"path\":\"C:\\\\temp\",\"bell\":\"  \"}\n"));
    free(text);
}

/* ---- JSON: read by the plainest reader there is ---- */

static const char *json_string(const char *p)
{
    assert_int_equal(*p, '"');
    for (p++; *p != '"'; p++) {
        assert_true((unsigned char)*p >= 0x20);
        if (*p == '\\') {
            p++;
            assert_true(*p == '"' || *p == '\\');
        }
    }
    return p + 1;
}

/* An object of strings with no empty name; returns how many. */
static size_t json_members(const char *p)
{
    size_t n = 0;
    assert_int_equal(*p, '{');
    do {
        assert_int_not_equal(p[2], '"');
        p = json_string(p + 1);
        assert_int_equal(*p, ':');
        p = json_string(p + 1);
        n++;
    } while (*p == ',');
    assert_string_equal(p, "}\n");
    return n;
}

/* True when the text is UTF-8 as far as lead and trail bytes go. */
static bool utf8(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        int trail = *p < 0x80 ? 0 : *p < 0xc2 ? -1 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : *p < 0xf5 ? 3 : -1;
        if (trail < 0)
            return false;
        for (p++; trail > 0; trail--, p++)
            if ((*p & 0xc0) != 0x80)
                return false;
    }
    return true;
}

static const char *odd_format;

static void say_odd(void)
{
    log_info("odd", "%s", odd_format);
}

static void test_json_of_odd_pairs(void **state)
{
    const struct {
        const char *text;
        size_t members;
    } odd[] = {{"", 3},
               {"a=1", 4},
               {"a=1 ", 4},
               {"a=1  b=2", 5},
               {"word", 4},
               {"a= b=\"\"", 5},
               {"a=\"never closed", 4},
               {"a=\"x\"y\" b=\\", 5},
               {"\"quoted key\"=1", 5},
               {"a==b=\"", 4}};
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        odd_format = odd[i].text;
        char *text = heard(true, LOG_LEVEL_INFO, say_odd);
        assert_int_equal(json_members(text), odd[i].members);
        free(text);
    }
}

static char long_value[8000];

static void say_long(void)
{
    log_info("long", "a=1 value=\"%s\" after=2", long_value);
}

/* Long values are cut, never the line's end, never JSON's, never a letter. */
static void test_long_values(void **state)
{
    static const char *const letters[] = {"x", "\"", "\\", "é", "€", "😀", "\" b=\"", "\n", "x é", "k=v "};
    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        for (size_t indent = 0; indent < 4; indent++) {
            memset(long_value, 'i', indent);
            long_value[indent] = 0;
            for (size_t at = indent, n = strlen(letters[i]); at + n < sizeof long_value; at += n)
                strcpy(long_value + at, letters[i]);
            char *text = heard(false, LOG_LEVEL_INFO, say_long);
            assert_int_equal(count(text, "\n"), 1);
            assert_int_equal(text[strlen(text) - 1], '\n');
            assert_true(strlen(text) > 900);
            assert_true(utf8(text));
            free(text);
            text = heard(true, LOG_LEVEL_INFO, say_long);
            assert_true(json_members(text) >= 5);
            assert_true(utf8(text));
            free(text);
        }
}

/* ---- threads ---- */

static void *say_many(void *arg)
{
    for (int i = 0; i < LINES; i++)
        log_info("tick", "thread=%d n=%d filler=\"%0*d\"", *(int *)arg, i, i, 7);
    return NULL;
}

static void say_from_threads(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, say_many, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* Every thread's lines are all there, whole and in the thread's order. */
static void test_whole_lines_from_many_threads(void **state)
{
    char *text = heard(false, LOG_LEVEL_INFO, say_from_threads);
    int next[THREADS] = {0}, thread, n;
    (void)state;
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = 0;
        const char *event = strstr(line, "INFO  tick thread=");
        assert_true(event && event - line == 25);
        assert_int_equal(sscanf(event, "INFO  tick thread=%d n=%d ", &thread, &n), 2);
        assert_in_range(thread, 0, THREADS - 1);
        assert_int_equal(n, next[thread]++);
        assert_string_equal(end - 2, "7\"");
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_a_newline_makes_no_second_line),
        cmocka_unit_test(test_json_of_odd_pairs),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_whole_lines_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
