/* Chunked bump allocation; in debug builds every allocation is a chunk of its own, so that sanitizers see it. */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define CHUNK_SIZE ((size_t)16384)
#define ALIGN ((size_t)16)

struct chunk {
	struct chunk *older;
	size_t size; /* usable bytes */
	size_t used;
	size_t pad;
};

struct cleanup {
	struct cleanup *older;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct chunk *newest;
	struct cleanup *cleanups;
	struct chunk *spare; /* one kept chunk of the common size: loops that rewind do not go to malloc */
	size_t held;
};

static void out_of_memory(void) __attribute__((noreturn));
static void out_of_memory(void)
{
	bug_report("out of memory", __FILE__, __LINE__);
}

static void *must_alloc(size_t size)
{
	void *memory = malloc(size);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

struct arena *arena_new(void)
{
	struct arena *arena = must_alloc(sizeof(*arena));
	*arena = (struct arena){0};
	return arena;
}

static void run_cleanups(struct arena *arena, const struct cleanup *until)
{
	while (arena->cleanups != until) {
		struct cleanup *cleanup = arena->cleanups;
		arena->cleanups = cleanup->older;
		cleanup->fn(cleanup->arg);
	}
}

static void drop_chunk(struct arena *arena, struct chunk *chunk)
{
	if (arena->spare == NULL && chunk->size == CHUNK_SIZE)
		arena->spare = chunk;
	else
		free(chunk);
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	run_cleanups(arena, NULL);
	while (arena->newest != NULL) {
		struct chunk *chunk = arena->newest;
		arena->newest = chunk->older;
		free(chunk);
	}
	free(arena->spare);
	free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk;
	if (size == CHUNK_SIZE && arena->spare != NULL) {
		chunk = arena->spare;
		arena->spare = NULL;
	} else {
		if (size > SIZE_MAX - sizeof(*chunk))
			out_of_memory();
		chunk = must_alloc(sizeof(*chunk) + size);
	}
	chunk->size = size;
	chunk->used = 0;
	chunk->older = arena->newest;
	arena->newest = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory();
	size_t rounded = size == 0 ? ALIGN : (size + ALIGN - 1) & ~(ALIGN - 1);
	struct chunk *chunk = arena->newest;
#ifdef ARENA_DEBUG
	/* The exact size, so that one byte too many is seen. */
	rounded = size == 0 ? 1 : size;
	chunk = add_chunk(arena, rounded);
#else
	if (chunk == NULL || chunk->size - chunk->used < rounded)
		chunk = add_chunk(arena, rounded > CHUNK_SIZE / 4 ? rounded : CHUNK_SIZE);
#endif
	void *memory = (char *)(chunk + 1) + chunk->used;
	chunk->used += rounded;
	arena->held += rounded;
	memset(memory, 0, rounded);
	return memory;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory();
	return arena_alloc(arena, total);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);
	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

void *arena_memdup(struct arena *arena, const void *data, size_t len)
{
	void *copy = arena_alloc(arena, len);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	BUG_ON(len < 0);
	char *text = arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_on_free(struct arena *arena, void (*fn)(void *), void *arg)
{
	struct cleanup *cleanup = arena_alloc(arena, sizeof(*cleanup));
	cleanup->fn = fn;
	cleanup->arg = arg;
	cleanup->older = arena->cleanups;
	arena->cleanups = cleanup;
}

struct arena_mark arena_mark(struct arena *arena)
{
	return (struct arena_mark){
	    .chunk = arena->newest,
	    .used = arena->newest == NULL ? 0 : arena->newest->used,
	    .cleanup = arena->cleanups,
	};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	run_cleanups(arena, mark.cleanup);
	while (arena->newest != mark.chunk) {
		struct chunk *chunk = arena->newest;
		BUG_ON(chunk == NULL);
		arena->newest = chunk->older;
		arena->held -= chunk->used;
		drop_chunk(arena, chunk);
	}
	if (arena->newest != NULL) {
		arena->held -= arena->newest->used - mark.used;
		arena->newest->used = mark.used;
	}
}

size_t arena_used(const struct arena *arena)
{
	return arena->held;
}
