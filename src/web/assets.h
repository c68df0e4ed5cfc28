/*
 * The pages' files (styles, scripts, icons, fonts): read whole at start, compressed once, served from memory under
 * /assets/<version>/<name>. The version is a digest of all names and contents: another content is another address, so
 * that browsers may keep what they have for good.
 */
#ifndef SANZHI_WEB_ASSETS_H
#define SANZHI_WEB_ASSETS_H

#include "base/hash.h"

#define ASSET_BYTES_MAX ((size_t)16 << 20) /* of one file */
#define ASSETS_MAX 4096

struct asset {
	const char *name; /* path below the folder: "icons/mark.svg" */
	const char *type; /* MIME type with charset */
	const char *etag; /* quoted */
	const void *bytes;
	size_t len;
	const void *gzip; /* NULL where compressing does not help */
	size_t gzip_len;
};

struct assets {
	const char *prefix;  /* "/assets/<version>" */
	struct asset *items; /* sorted by name */
	size_t count;
};

/* Reads the folder (hidden files left out). ERR_IO, ERR_LIMIT. A NULL folder gives none. */
int assets_load(const char *dir, struct arena *arena, struct assets **out, struct err *err) MUST_USE;
/* By the request's path, without the query; NULL: none of them. An outdated version finds nothing. */
const struct asset *asset_find(const struct assets *assets, const char *path);
/* The MIME type of a file by the ending of its name. */
const char *asset_type(const char *name);

#endif
