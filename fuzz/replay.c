/* Runs a fuzz target over kept inputs without libFuzzer, so that every input that ever found a fault
 * is a test in the ordinary run. Arguments: files, or folders whose files are all run.
 * Exit 1 when there was nothing to run: an empty corpus must not look like success. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t length = 0;
    size_t size = 4096;
    uint8_t *data = malloc(size);
    size_t got;
    while (data != NULL && (got = fread(data + length, 1, size - length, file)) > 0) {
        length += got;
        if (length == size) {
            size *= 2;
            uint8_t *larger = realloc(data, size);
            if (larger == NULL) {
                free(data);
            }
            data = larger;
        }
    }
    fclose(file);
    if (data == NULL) {
        perror(path);
        exit(1);
    }
    /* An exact-size copy, so that AddressSanitizer sees a read past the end. */
    uint8_t *exact = malloc(length > 0 ? length : 1);
    for (size_t i = 0; i < length; i++) {
        exact[i] = data[i];
    }
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    free(data);
    return 1;
}

static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        exit(1);
    }
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        count += run_file(file);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        const int is_folder = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode);
        count += is_folder ? run_folder(argv[i]) : run_file(argv[i]);
    }
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
