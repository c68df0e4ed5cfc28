/*
 * Arenas: memory by lifetime. Three lifetimes only: process, worker, request. A function that takes an arena returns
 * its memory in it; nothing is freed singly. Descriptors, statements and foreign objects are tied to an arena by a
 * cleanup, which runs (newest first) when the arena is rewound past it or freed.
 *
 * Sizes from outside are checked against a named limit before anything is allocated; therefore an arena that cannot
 * get memory ends the process (every write is a transaction, so that is safe). An arena belongs to one thread at a time.
 */
#ifndef SANZHI_BASE_ARENA_H
#define SANZHI_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define UNUSED __attribute__((unused))

struct arena;

/* A new arena, empty; ends the process when there is no memory. */
struct arena *arena_new(void);

/* Runs the cleanups, newest first, and gives all memory back. NULL is allowed. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any type. Never NULL. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));

/* `count` × `size` zeroed bytes; ends the process when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* One zeroed object, or an array of them, of a type. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

/* A copy of a text (NULL gives NULL), of its first `len` bytes (always terminated), of a block of memory. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len) __attribute__((returns_nonnull));
void *arena_memdup(struct arena *arena, const void *data, size_t len) __attribute__((returns_nonnull));

/* A formatted text. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) __attribute__((returns_nonnull));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0)
    __attribute__((returns_nonnull));

/* Calls fn(arg) when the arena is freed or rewound past this moment. */
void arena_on_free(struct arena *arena, void (*fn)(void *), void *arg);

/* A moment in an arena's life, for loops: what was allocated after the mark goes with the rewind. */
struct arena_mark {
	void *chunk;
	size_t used;
	void *cleanup;
};
struct arena_mark arena_mark(struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Bytes handed out and still held. */
size_t arena_used(const struct arena *arena);

#endif
