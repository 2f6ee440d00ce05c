/* The text room by table: what a post's words say in English, French and odd letters; what is refused in a
 * lexicon and in which words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "text_room.h"

static struct text *own; /* the lexicons of the program */
static struct text_scratch *scratch;

static int open_own(void **state)
{
    struct err_info info;
    (void)state;
    if (text_open(NULL, &own, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    scratch = text_scratch_open(own);
    return 0;
}

static int close_own(void **state)
{
    (void)state;
    text_scratch_close(scratch);
    text_close(own);
    return 0;
}

/* Tags and mentions are separated by a blank. */
static struct text_found found_in(const char *text, const char *tags, const char *mentions)
{
    struct bytes names[2][48];
    size_t n[2] = {0};
    const char *lists[2] = {tags, mentions};
    for (int i = 0; i < 2; i++)
        for (const char *p = lists[i]; p && *p; p += strcspn(p, " "), p += *p == ' ')
            names[i][n[i]++] = (struct bytes){p, strcspn(p, " ")};
    const struct text_post post = {bytes_of(text), names[0], names[1], n[0], n[1]};
    struct text_found found;
    text_read(scratch, &post, &found);
    return found;
}

static bool touches(const struct text_found *found, const char *class)
{
    const struct text_class *c = text_class_of(own, bytes_of(class));
    assert_non_null(c);
    return found->lexicon >> c->bit & 1;
}

/* ---- what is found ---- */

static void disclosure(void **state)
{
    static const struct {
        const char *text, *tags;
        bool disclosed;
    } cases[] = {
        {"Collaboration commerciale avec Acme", "", true},
        {"COLLABORATION COMMERCIALE", "", true},
        {"ma collaboration - commerciale", "", true},
        {"publicité", "", true},
        {"Publicite\xCC\x81 : ma routine", "", true}, /* e and a combining accent */
        {"(PUBLICITÉ)", "", true},
        {"publicités", "", false},
        {"Paid partnership with @brand", "", true},
        {"paid,partnership", "", true},
        {"paid\n\n \xF0\x9F\x8E\x81 partnership", "", true}, /* a present between the words */
        {"ｐａｉｄ ｐａｒｔｎｅｒｓｈｉｐ", "", true},       /* full width */
        {"pa\xC2\xADid partner\xE2\x80\x8Bship", "", true},  /* soft hyphen, zero width space */
        {"prepaid partnership", "", false},
        {"paid partnerships", "", false},
        {"a paid and fair partnership", "", false},
        {"#ad my new shoes", "", true},
        {"my new shoes #AD", "", true},
        {"my new shoes ＃ad", "", true},
        {"shoes#ad#love", "", true},
        {"I adore it", "", false},
        {"#adore", "", false},
        {"ad hoc", "", false}, /* a tag only */
        {"bad #add", "", false},
        {"#paidpartnership", "", true}, /* a phrase as a tag */
        {"paidpartnership", "", false}, /* but not as a word */
        {"", "ad", true},
        {"", "#Ad", true},
        {"", "Partenariat", true},
        {"", "CollaborationCommerciale", true},
        {"", "adore love", false},
        {"@ad @publicité", "", false}, /* a handle is no word */
        {"mail me at me@ad.com", "", false},
        {NULL, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (found_in(cases[i].text, cases[i].tags, "").disclosed_word != cases[i].disclosed)
            fail_msg("\"%s\" [%s]", cases[i].text, cases[i].tags);
}

static void likely(void **state)
{
    static const struct {
        const char *text, *mentions;
        bool likely;
    } cases[] = {
        {"Use my code LEA15 at @acme.store!", "", true},
        {"Avec le code LEA15 : -15 %", "acme", true},
        {"thanks @acme, https://acme.example/shop", "", true},
        {"all at bit.ly/acme", "acme", true},
        {"lien en bio", "acme", true},
        {"Shop now!", "acme", true},
        {"Découvrez-les vite", "acme", true},
        {"Use my code LEA15", "", false}, /* nobody is named */
        {"Shop now, write to me@acme.com", "", false},
        {"with @acme and @brio", "", false}, /* nothing is asked for */
        {"bit by bit", "acme", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (found_in(cases[i].text, "", cases[i].mentions).likely != cases[i].likely)
            fail_msg("\"%s\" [%s]", cases[i].text, cases[i].mentions);
}

static void classes(void **state)
{
    static const struct {
        const char *text, *tags, *class;
        bool touched;
    } cases[] = {
        {"ma recette du dimanche", "", "FOOD", true},
        {"", "Recette", "food", true},
        {"le petit-déjeuner parfait", "", "FOOD", true},
        {"road\ttrip", "", "TRAVEL", true},
        {"", "roadtrip", "TRAVEL", true},
        {"street style", "", "FASHION", true},
        {"", "streetstyle", "FASHION", true},
        {"petit chat", "", "PET", false}, /* to chat is another thing: #chat alone */
        {"", "chat", "PET", true},
        {"l'agriculture biologique", "", "organic", true},
        {"fabriqué en France", "", "local", true},
        {"fabrique en france", "", "local", false}, /* accents do count in words */
        {"a glass of red wine", "", "alcohol", true},
        {"", "crypto", "speculation", true},
        {"a tasting - menu", "", "FOOD", true},
        {"tasting #menu", "", "FOOD", false}, /* a tag is none of the words around it */
        {"#tasting menu", "", "FOOD", false},
        {"tasting @x menu", "", "FOOD", false},
        {"", "tasting menu", "FOOD", false},
        {"nothing of note", "monday", "FOOD", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_found found = found_in(cases[i].text, cases[i].tags, "");
        if (touches(&found, cases[i].class) != cases[i].touched)
            fail_msg("\"%s\" [%s] %s", cases[i].text, cases[i].tags, cases[i].class);
    }
}

static int hits(const char *text, const char *tags, const char *niche)
{
    return found_in(text, tags, "").niche_hits[text_class_of(own, bytes_of(niche))->bit];
}

/* An entry counts once, however often and in whatever form it occurs. */
static void niche_hits(void **state)
{
    (void)state;
    assert_int_equal(hits("", "recipe pasta brunch", "FOOD"), 3);
    assert_int_equal(hits("Pasta pasta #pasta", "pasta", "FOOD"), 1);
    assert_int_equal(hits("street style", "streetstyle", "FASHION"), 1);
    assert_int_equal(hits("workout, home workout", "", "FITNESS"), 2);
    assert_int_equal(hits("workout", "", "FOOD"), 0);
}

static void tokens(void **state)
{
    struct text_found found = found_in("with @Nora #Été and #summer", "summer Été", "acme.shop");
    (void)state;
    assert_int_equal(found.n_tokens, 4);
    assert_int_equal(found.tokens[0], text_token(scratch, '#', BYTES("SUMMER")));
    assert_int_equal(found.tokens[1], text_token(scratch, '#', BYTES("#e\xCC\x81te\xCC\x81")));
    assert_int_equal(found.tokens[2], text_token(scratch, '@', BYTES("@Acme.Shop")));
    assert_int_equal(found.tokens[3], text_token(scratch, '@', BYTES("nora")));
    assert_int_not_equal(text_token(scratch, '#', BYTES("nora")), found.tokens[3]);
    assert_int_equal(found.tokens[0], (uint32_t)bytes_hash(BYTES("#summer")));
    assert_int_equal(text_token(scratch, '#', BYTES("\xF0\x9F\x98\x80")), 0);
    assert_int_equal(text_token(scratch, '#', BYTES("rock & roll")),
                     text_token(scratch, '#', BYTES("RockRoll")));
    found = found_in("thanks @nora.", "", "nora");
    assert_int_equal(found.n_tokens, 1); /* the full stop is not hers */
}

static void at_most_thirty_tokens(void **state)
{
    char text[40 * 6 + 1] = "";
    (void)state;
    for (int i = 0; i < 40; i++)
        sprintf(text + strlen(text), "#t%02d ", i);
    assert_int_equal(found_in(text, "", "").n_tokens, TEXT_TOKENS);
}

/* Hostile bytes part words, and nothing else happens. */
static void not_utf8(void **state)
{
    (void)state;
    assert_true(found_in("paid\xFF\xFEpartnership", "", "").disclosed_word);
    assert_true(found_in("\xC3 #ad", "", "").disclosed_word);
    assert_true(found_in("\xC3#ad", "", "").disclosed_word);
    assert_false(found_in("\xF0\x9F\x98", "\xC3", "\xE2\x82").disclosed_word);
}

static void long_text(void **state)
{
    char *text = malloc(70001);
    (void)state;
    memset(text, ' ', 70000);
    strcpy(text + 69990, "#ad");
    assert_false(found_in(text, "", "").disclosed_word); /* beyond 64 KiB */
    text[69990] = ' ';
    memcpy(text + 65000, "#ad", 3);
    assert_true(found_in(text, "", "").disclosed_word);
    for (size_t i = 0; i + 3 <= 65000; i += 3)
        memcpy(text + i, "\xEF\xB7\xBA", 3); /* one character that becomes eighteen */
    assert_true(found_in(text, "", "").disclosed_word);
    free(text);
}

/* ---- the lexicons themselves ---- */

static void niches(void **state)
{
    static const char *const names[] = {"FASHION", "BEAUTY",   "FAMILY", "FITNESS",
                                        "FOOD",    "INTERIOR", "PET",    "TRAVEL"};
    size_t n[MOST_CLASSES] = {0};
    (void)state;
    for (size_t i = 0; i < own->n_entries; i++)
        n[own->entries[i].class]++;
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(text_niche(own, i), names[i]);
        assert_in_range(n[text_class_of(own, bytes_of(names[i])) - own->classes], 60, 160);
    }
    assert_null(text_niche(own, 8));
    for (size_t i = 0; i < own->n_classes; i++)
        assert_in_range(n[i], 20, 160);
}

/* ---- a folder of one's own ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mf-lexicons-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static enum err open_with(const char *name, const char *content, struct text **text, struct err_info *info)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
    enum err err = text_open(folder, text, info);
    unlink(path);
    return err;
}

static void refusals(void **state)
{
    static const struct {
        const char *name, *content, *sentence;
    } cases[] = {
        {"x.lex", "[FOOD]\n\npasta\n", "x.lex, line 3: pasta is in this class already: niches-en.lex, line "},
        {"x.lex", "[FOOD]\n#zzz\nzzz", "x.lex, line 3: zzz is in this class already: x.lex, line 2"},
        {"x.lex", "; ours\n[FOOT]\nball", "x.lex, line 2: classes.lex has no class FOOT; did you mean FOOD?"},
        {"x.lex", "pasta\n", "x.lex, line 1: before the first [class]: pasta"},
        {"x.lex", "[FOOD\n", "x.lex, line 1: a class is opened by [name], not [FOOD"},
        {"x.lex", "[FOOD]\n!!!\n", "x.lex, line 2: neither a word nor a #tag: !!!"},
        {"x.lex", "[FOOD]\n#!\n", "x.lex, line 2: neither a word nor a #tag: #!"},
        {"x.lex", "[FOOD]\n@someone\n", "x.lex, line 2: neither a word nor a #tag: @someone"},
        {"classes.lex", "[topics]\n", "classes.lex, line 1: the kinds of classes are niche, topic"},
        {"classes.lex", "[niche]\n16 FOOD\n", "classes.lex, line 2: a niche's bit is 0 to 15"},
        {"classes.lex", "[topic]\n64 MUSIC\n", "line 2: the bit of a class that is no niche is 16 to 63"},
        {"classes.lex", "[topic]\n16 A\n16 B\n", "line 3: too many classes for one bit: it is taken by A"},
        {"classes.lex", "[topic]\n16 A\n17 a\n", "line 3: there is a class a already"},
        {"classes.lex", "[topic]\nMUSIC\n",
         "line 2: a class is a bit and a name, such as 16 MUSIC, not MUSIC"},
        {"classes.lex", "[sign]\nhint\n", "line 2: a sign is disclosed, code, link or call, not hint"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err_info info = {0};
        struct text *text;
        assert_int_equal(open_with(cases[i].name, cases[i].content, &text, &info), ERR_USAGE);
        if (!strstr(info.sentence, cases[i].sentence))
            fail_msg("\"%s\" does not say \"%s\"", info.sentence, cases[i].sentence);
    }
}

static void folder_adds(void **state)
{
    struct err_info info;
    struct text *text;
    struct text_found found;
    (void)state;
    assert_int_equal(open_with("de.lex", "[FOOD]\nabendbrot\n[disclosed]\n#werbung\n", &text, &info), ERR_OK);
    assert_int_equal(text_entries(text), text_entries(own) + 2);
    assert_true(text_digest(text) != text_digest(own));
    struct text_scratch *s = text_scratch_open(text);
    text_read(s, &(struct text_post){.text = BYTES("Abendbrot #Werbung")}, &found);
    assert_true(found.disclosed_word);
    assert_int_equal(found.niche_hits[4], 1);
    text_scratch_close(s);
    text_close(text);
}

/* The same entries with another comment are the same lexicon. */
static void digest(void **state)
{
    struct err_info info;
    struct text *text;
    char *commented = malloc(strlen(lexicon_values_en) + 16);
    (void)state;
    strcpy(commented, "; ours\n\n");
    strcat(commented, lexicon_values_en);
    assert_int_equal(open_with("values-en.lex", commented, &text, &info), ERR_OK);
    assert_true(text_digest(text) == text_digest(own));
    text_close(text);
    free(commented);
    assert_int_equal(text_open("/nowhere", &text, &info), ERR_USAGE);
    assert_string_equal(info.sentence, "lexicon.dir: /nowhere cannot be read as a folder");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disclosure),
        cmocka_unit_test(likely),
        cmocka_unit_test(classes),
        cmocka_unit_test(niche_hits),
        cmocka_unit_test(tokens),
        cmocka_unit_test(at_most_thirty_tokens),
        cmocka_unit_test(not_utf8),
        cmocka_unit_test(long_text),
        cmocka_unit_test(niches),
        cmocka_unit_test_setup_teardown(refusals, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folder_adds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(digest, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, open_own, close_own);
}
