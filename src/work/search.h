/*
 * Substring search over Chinese text on both engines: a text becomes the list of its overlapping pairs of characters, each pair a word of ten hexadecimal digits; a
 * search becomes a phrase of such words, so that it finds exactly the texts that contain it. Letters are folded to lower case, full-width forms to half-width.
 */
#ifndef SANZHI_WORK_SEARCH_H
#define SANZHI_WORK_SEARCH_H

#include "base/buf.h"
#include "store/db.h"

#define SEARCH_TEXT_MAX ((size_t)4000)   /* bytes of one piece that are searchable */
#define SEARCH_PIECES 1024               /* pieces of one case: piece = case id × this + entry number */
#define SEARCH_QUERY_MAX ((size_t)200)   /* bytes of what a person types */

/* Adds the words of a text, and a gap after it so that no phrase runs over its end. */
void search_add_text(struct buf *words, const char *text);
/* Adds a word that only filters use, such as an agency's or a division's code. `mark` is one letter from g to z. */
void search_add_mark(struct buf *words, char mark, const char *code);

/* What the engine's index takes for words that were added: SQLite these words, PostgreSQL each with its place ("word:1 …"), which spares its parser of natural language. In the
 * arena, or `words` itself. */
const char *search_tokens(struct arena *arena, enum db_engine engine, const char *words);

/* The engine's query for what a person typed (blank-separated terms, all of them wanted) together with marks ({letter, code} pairs; NULL code: left out).
 * NULL where nothing searchable remains. */
struct search_mark { char mark; const char *code; };
char *search_query(struct arena *arena, enum db_engine engine, const char *typed, const struct search_mark *marks, size_t nmarks);

#endif
