/* replay: what stands in for libFuzzer where the compiler has none: each file of the folders once. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int __attribute__((weak)) LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return 0;
}

static void replay(const char *folder, const char *name)
{
    static char path[4096];
    uint8_t *data = malloc(MOST), *exact;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!data || !file)
        abort();
    size_t size = fread(data, 1, MOST, file);
    fclose(file);
    exact = realloc(data, size ? size : 1); /* a read beyond the end is seen */
    if (!exact)
        abort();
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    int n = 0;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder)
            return fprintf(stderr, "no folder %s\n", argv[i]), 1;
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
            if (entry->d_name[0] != '.') {
                replay(argv[i], entry->d_name);
                n++;
            }
        closedir(folder);
    }
    printf("%d inputs\n", n);
    return n == 0;
}
