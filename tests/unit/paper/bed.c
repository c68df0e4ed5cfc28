#include "bed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

int bed_open(void **state)
{
	struct arena *arena = arena_new();
	struct bed *bed = ARENA_NEW(arena, struct bed);
	bed->arena = arena;
	err_init(&bed->err, arena);
	(void)snprintf(bed->dir, sizeof(bed->dir), "/tmp/sanzhi-paper-XXXXXX");
	*state = bed;
	return mkdtemp(bed->dir) == NULL ? -1 : 0;
}

int bed_close(void **state)
{
	struct bed *bed = *state;
	(void)bed_run(bed, "rm -rf %s", bed->dir);
	arena_free(bed->arena);
	return 0;
}

const char *bed_run(struct bed *bed, const char *format, ...)
{
	va_list args;
	char part[4096];
	size_t got;
	struct buf out;
	va_start(args, format);
	const char *command = arena_vprintf(bed->arena, format, args);
	va_end(args);
	FILE *pipe = popen(command, "r");
	assert_non_null(pipe);
	buf_init(&out, bed->arena, (size_t)8 << 20);
	while ((got = fread(part, 1, sizeof(part), pipe)) > 0)
		buf_add(&out, part, got);
	int status = pclose(pipe);
	if (status != 0)
		print_error("%s: exit status %d\n", command, status);
	assert_int_equal(status, 0);
	return out.len == 0 ? "" : out.data;
}

static void write_file(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void bed_write(struct bed *bed, const char *name, const void *pdf, size_t len)
{
	const char *out = getenv("PAPER_OUT");
	write_file(arena_printf(bed->arena, "%s/paper.pdf", bed->dir), pdf, len);
	if (out != NULL)
		write_file(arena_printf(bed->arena, "%s/%s.pdf", out, name), pdf, len);
}

const char *bed_text(struct bed *bed)
{
	const char *text = bed_run(bed, "pdftotext -enc UTF-8 %s/paper.pdf -", bed->dir);
	struct buf out;
	buf_init(&out, bed->arena, (size_t)8 << 20);
	for (; *text != '\0'; text++) {
		if (strncmp(text, "\xe3\x80\x80", 3) == 0)
			text += 2;
		else if (strchr(" \n\r\t\f", *text) == NULL)
			buf_addc(&out, *text);
	}
	return out.data;
}

int bed_pages(struct bed *bed)
{
	const char *info = bed_run(bed, "pdfinfo %s/paper.pdf", bed->dir);
	const char *at = strstr(info, "Pages:");
	assert_non_null(at);
	return (int)strtol(at + 6, NULL, 10);
}

bool bed_says(const char *text, const char *part)
{
	bool found = strstr(text, part) != NULL;
	if (!found)
		print_error("not in the paper: %s\n", part);
	return found;
}
