/*
 * What tools/sqlgen.py makes of the .sql files (docs/formats/sql.md): the closed list of statements, and the
 * migrations. Plain constant data; every text is UTF-8.
 */
#ifndef SANZHI_STORE_SQL_H
#define SANZHI_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "store/db.h"

/* The generator refuses more; so arrays of this length hold any statement's arguments or any row. */
#define DB_ARGS_MAX 64
#define DB_COLS_MAX 64
#define DB_ENGINES 2

struct sql_field {
	const char *name;
	enum db_type type;
};

struct sql_query {
	const char *name, *place;        /* place: file:line in the source */
	const char *text[DB_ENGINES];    /* by enum db_engine */
	const struct sql_field *args, *cols;
	size_t nargs, ncols;             /* ncols 0: it returns no rows */
	bool writes;
	bool by_values;                  /* PostgreSQL plans it anew for the values of each call */
};

struct sql_migration {
	int number;
	const char *name;
	const char *checksum;                        /* SHA-256 of the source file, hexadecimal */
	const char *const *statements[DB_ENGINES];   /* each ended by NULL */
};

struct sql_list {
	const struct sql_query *queries;             /* by the generated enum */
	size_t nqueries;
	const struct sql_migration *migrations;      /* by ascending number */
	size_t nmigrations;
};

/* The program's own. */
extern const struct sql_list sql_program;

#endif
