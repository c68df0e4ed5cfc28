/*
 * A site: one agency's, prefecture's or province's installation. A directory holds its keys, files and settings (and, on the embedded
 * engine, the database); the law is read from the rulebook. Everything the domain does hangs on `struct site`; there are no globals.
 */
#ifndef SANZHI_WORK_SITE_H
#define SANZHI_WORK_SITE_H

#include "journal/checkpoint.h"
#include "journal/journal.h"
#include "law/law.h"

struct site {
	struct arena *arena;      /* lives as long as the site */
	const char *dir;
	const char *name;         /* shown on pages, such as 云南省行政执法平台 */
	const char *base_url;     /* what QR codes lead to, such as https://zf.example.gov.cn; no slash at the end */
	struct db *db;
	struct blob_store *blobs;
	struct keyring *keys;
	struct law *law;
	struct journal *journal;
	struct clock clock;
	struct log log;
	struct state_cache *states;  /* work/state_cache.h */
	struct numbering *numbering; /* work/casefile.c: next case number for an agency and year */
};

struct site_options {
	const char *dir;          /* required */
	const char *db_url;       /* postgres://…; NULL: <dir>/sanzhi.db */
	const char *rulebook;     /* directory; NULL: the installed one, or the source tree's (SANZHI_RULEBOOK) */
	struct law *law;          /* already loaded, for many sites of one process; must outlive the site. NULL: read from `rulebook` */
	struct clock clock;       /* .now NULL: the system's */
	unsigned readers;         /* 0: default */
	enum log_level log_level;
	bool migrate;             /* bring the schema forward; init and serve do */
	bool inspect;             /* only to look and check: opens a log in any state, appends nothing */
};

/* Makes a new site: directory, keys (origin from base_url), settings, empty migrated database. ERR_CONFLICT where one stands already. */
int site_init(const struct site_options *options, const char *name, const char *base_url, struct err *err) MUST_USE;
int site_open(const struct site_options *options, struct arena *arena, struct site **out, struct err *err) MUST_USE;
void site_close(struct site *site);

/* The projector that keeps this floor's tables (work/project.c). */
struct projector work_projector(struct site *site);

#endif
