/* normal: text, tags and mentions in the one form that is compared: NFKC_Casefold, words apart by exactly one
 * boundary. ASCII, most of all posts, is done here; utf8proc sees only the rest, a segment at a time: a
 * character of ASCII never changes what stands before it, so that a segment may end there. */
#include "text_room.h"

#define MOST_TEXT 65536
#define SEGMENT   256
/* NFKC_Casefold of Unicode, in utf8proc's words */
#define FORM (UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

static bool at_boundary(const struct normal *n)
{
    return is_boundary(n->out.data[n->out.len - 1]);
}

/* A new boundary; the one before, with nothing behind it, gives way. */
static void boundary(struct normal *n, char sigil)
{
    n->sigil = sigil;
    if (at_boundary(n)) {
        n->out.data[n->out.len - 1] = sigil;
        return;
    }
    while (n->out.data[n->out.len - 1] == '.') /* the full stop behind a mention */
        n->out.len--;
    buffer_add(&n->out, &sigil, 1);
}

static char word_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : 0;
}

static void put_ascii(struct normal *n, char c)
{
    char word = word_of(c);
    char last = n->out.data[n->out.len - 1];
    if (word || (c == '.' && n->sigil == '@' && !is_boundary(last) && (n->name || last != '.'))) {
        buffer_reserve(&n->out, 1);
        n->out.data[n->out.len++] = word ? word : '.';
    } else if (!n->name) {
        bool mention = c == '@' && at_boundary(n); /* else it is in the middle of an address */
        boundary(n, c == '#' || mention ? c : ' ');
    }
}

static void put_point(struct normal *n, utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    if (point < 0x80) {
        put_ascii(n, (char)point);
    } else if (category >= UTF8PROC_CATEGORY_LU &&
               category <= UTF8PROC_CATEGORY_NO) { /* letter, mark, number */
        buffer_reserve(&n->out, 4);
        n->out.len += (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)n->out.data + n->out.len);
    } else if (!n->name) {
        boundary(n, ' ');
    }
}

/* One character and those beyond ASCII that follow it; returns how many bytes they are. */
static size_t put_segment(struct normal *n, const char *text, size_t len)
{
    size_t size = 1;
    while (size < len && size < SEGMENT && (text[size] & 0x80))
        size++;
    while (size > 1 && size < len && (text[size] & 0xC0) == 0x80) /* cut between characters */
        size--;
    utf8proc_ssize_t points = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size,
                                                 n->points, MOST_POINTS, FORM);
    if (points >= 0 && points <= MOST_POINTS)
        points = utf8proc_normalize_utf32(n->points, points, FORM);
    if (points < 0 || points > MOST_POINTS) { /* not UTF-8 */
        put_ascii(n, text[0] & 0x80 ? ' ' : text[0]);
        put_ascii(n, ' ');
        return size;
    }
    for (utf8proc_ssize_t i = 0; i < points; i++)
        put_point(n, n->points[i]);
    return size;
}

static void put_run(struct normal *n, struct bytes run)
{
    for (size_t i = 0; i < run.len;)
        if (run.ptr[i] & 0x80 || (i + 1 < run.len && run.ptr[i + 1] & 0x80))
            i += put_segment(n, run.ptr + i, run.len - i);
        else
            put_ascii(n, run.ptr[i++]);
}

void normal_begin(struct normal *n)
{
    n->out.len = 0;
    n->name = false;
    n->sigil = ' ';
    buffer_add(&n->out, " ", 1);
}

void normal_name(struct normal *n, char sigil, struct bytes name)
{
    boundary(n, sigil);
    n->name = true;
    put_run(n, (struct bytes){name.ptr, name.len < SEGMENT ? name.len : SEGMENT});
    n->name = false;
    boundary(n, ' ');
}

void normal_text(struct normal *n, struct bytes text)
{
    put_run(n, (struct bytes){text.ptr, text.len < MOST_TEXT ? text.len : MOST_TEXT});
}

void normal_end(struct normal *n)
{
    boundary(n, ' ');
}
