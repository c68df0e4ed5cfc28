/*
 * Runs a fuzz target over files, for compilers without libFuzzer and as a test: every file of each folder named on the
 * command line, and every beginning of it, so that a text cut off anywhere is tried too.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)1 << 20)
#define BEGINNINGS_MAX ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return 1;
	}
	uint8_t *data = malloc(FILE_MAX);
	size_t size = data == NULL ? 0 : fread(data, 1, FILE_MAX, file);
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, size);
	for (size_t len = 0; len < size && len < BEGINNINGS_MAX; len++) {
		/* A copy of its own, so that sanitizers see a read past its end. */
		uint8_t *cut = malloc(len == 0 ? 1 : len);
		if (cut == NULL)
			break;
		memcpy(cut, data, len);
		(void)LLVMFuzzerTestOneInput(cut, len);
		free(cut);
	}
	free(data);
	return 0;
}

static int run(const char *path)
{
	struct stat info;
	if (stat(path, &info) != 0) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(info.st_mode))
		return run_file(path);
	DIR *folder = opendir(path);
	int failed = folder == NULL, files = 0;
	for (struct dirent *entry = folder == NULL ? NULL : readdir(folder); entry != NULL; entry = readdir(folder)) {
		char below[4096];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		failed += run_file(below);
		files++;
	}
	if (folder != NULL)
		(void)closedir(folder);
	(void)printf("%s: %d files\n", path, files);
	return failed + (files == 0);
}

int main(int argc, char **argv)
{
	int failed = argc < 2;
	for (int i = 1; i < argc; i++)
		failed += run(argv[i]);
	return failed == 0 ? 0 : 1;
}
