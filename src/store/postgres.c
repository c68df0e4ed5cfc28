/*
 * The PostgreSQL driver. Statements are prepared lazily on each connection; arguments and rows travel in binary. A
 * connection lost between transactions is made anew, once, without anybody noticing, unless it held advisory locks:
 * then its holder must learn that they are gone.
 *
 * Nothing here waits for ever: libpq's own blocking calls would, where the server stands still but its machine still
 * acknowledges what is sent to it. Results are waited for here; where the line is silent for long, another connection
 * asks whether the server lives, and where it does not, this one is given up.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <time.h>

#include "base/text.h"
#include "store/db_impl.h"

#define VERSION_MIN 150000
#define WRITERS 4
#define STATEMENT_MIN_MS 60000U /* a statement may work so long; wait_ms is how long it may wait for a lock */
#define STATEMENT_SLACK_MS 15000   /* the server ends what works too long; silent for so much longer, it never will */
#define CONNECT_MIN_S 2U
#define PROBE_S 2U                 /* so long a server that says nothing may take to answer a new connection */
#define DOWN_MS 1000               /* a server that did not answer is left alone for so long: nobody queues up before it */

#define OID_BOOL 16
#define OID_BYTEA 17
#define OID_INT8 20
#define OID_INT2 21
#define OID_INT4 23
#define OID_TEXT 25
#define OID_VARCHAR 1043

struct pg_stmt {
	bool prepared;
};

struct pg_conn {
	PGconn *pg;
	unsigned sent; /* statements whose answers were not read yet; then libpq is in pipeline mode */
	bool endless;  /* statements may work as long as they like */
	bool silent;   /* it was given up because nothing came */
	struct pg_stmt stmts[];
};

static struct pg_conn *of(const struct db_conn *conn)
{
	return conn->engine;
}

static enum err_code code_of(const char *state)
{
	static const struct {
		const char *start;
		enum err_code code;
	} codes[] = {
	    {"08", ERR_UNAVAILABLE},    {"22021", ERR_INVALID},     {"22P05", ERR_INVALID},     {"23505", ERR_CONFLICT},
	    {"23P01", ERR_CONFLICT},    {"25006", ERR_UNAVAILABLE}, {"28", ERR_UNAVAILABLE},    {"3D000", ERR_UNAVAILABLE},
	    {"40001", ERR_CONFLICT},    {"40P01", ERR_CONFLICT},    {"53100", ERR_FULL},        {"53", ERR_UNAVAILABLE},
	    {"55P03", ERR_BUSY},        {"57014", ERR_UNAVAILABLE}, {"57P", ERR_UNAVAILABLE},   {"58030", ERR_UNAVAILABLE},
	    {"XX001", ERR_CORRUPT},     {"XX002", ERR_CORRUPT},
	};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (text_starts(state, codes[i].start))
			return codes[i].code;
	return ERR_INTERNAL;
}

static bool lost(const struct pg_conn *pc)
{
	return pc->pg == NULL || PQstatus(pc->pg) != CONNECTION_OK;
}

/* `result` may be NULL (nothing came back); it is cleared. */
static int raise_engine(struct pg_conn *pc, PGresult *result, struct err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	enum err_code code = state != NULL ? code_of(state) : ERR_INTERNAL;
	if (lost(pc))
		code = ERR_UNAVAILABLE;
	int rc = db_raise(err, code, "");
	const char *text = result != NULL ? PQresultErrorMessage(result) : pc->silent ? "no answer in time" : PQerrorMessage(pc->pg);
	size_t len = strlen(text);
	while (len > 0 && text[len - 1] == '\n')
		len--;
	err_detail(err, "postgres %s: %.*s", state != NULL ? state : "-----", (int)len, text);
	PQclear(result);
	return rc;
}

/* ---- waiting */

static void disconnect(struct db_conn *conn);

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned work_ms(const struct db *db)
{
	return db->wait_ms * 12 > STATEMENT_MIN_MS ? db->wait_ms * 12 : STATEMENT_MIN_MS;
}

/* How a connection is asked for that may take so many seconds, which `text` holds. */
#define WORDS 5
static void connect_words(const struct db *db, unsigned seconds, char text[16], const char *words[WORDS + 1], const char *values[WORDS + 1])
{
	(void)snprintf(text, 16, "%u", seconds);
	/* The URL comes first with its own words; what follows holds for every connection. A peer that vanished without a
	 * word is given up after half a minute. */
	static const char *const names[WORDS] = {"dbname", "connect_timeout", "client_encoding", "fallback_application_name",
	                                         "tcp_user_timeout"};
	const char *const given[WORDS] = {db->path, text, "UTF8", "sanzhi", "30000"};
	for (size_t i = 0; i < WORDS; i++) {
		words[i] = names[i];
		values[i] = given[i];
	}
	words[WORDS] = values[WORDS] = NULL;
}

/* Whether the server still answers anybody at all. */
static bool alive(const struct db *db)
{
	char text[16];
	const char *words[WORDS + 1], *values[WORDS + 1];
	connect_words(db, PROBE_S, text, words, values);
	return PQpingParams(words, values, 1) != PQPING_NO_RESPONSE;
}

/* Sends what is left to send and waits until PQgetResult does not block. False: given up, the connection is gone. */
static bool await(struct db_conn *conn)
{
	struct pg_conn *pc = of(conn);
	int64_t begun = now_ms(), heard = begun;
	for (;;) {
		int rest = PQflush(pc->pg);
		if (rest < 0 || (rest == 0 && PQisBusy(pc->pg) == 0))
			return true;
		struct pollfd at = {.fd = PQsocket(pc->pg), .events = (short)(rest > 0 ? POLLIN | POLLOUT : POLLIN)};
		int64_t patience = heard + conn->db->wait_ms - now_ms();
		int ready = poll(&at, 1, patience > 0 ? (int)patience : 0);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready != 0) {
			heard = now_ms();
			if (ready < 0 || PQconsumeInput(pc->pg) == 0)
				return true; /* libpq says what it is */
			continue;
		}
		bool over = !pc->endless && now_ms() - begun > (int64_t)work_ms(conn->db) + STATEMENT_SLACK_MS;
		if (over || !alive(conn->db)) {
			atomic_store(&conn->db->down_until_ms, now_ms() + DOWN_MS);
			disconnect(conn);
			pc->silent = true;
			return false;
		}
		heard = now_ms();
	}
}

/* As PQgetResult; also NULL where the connection was given up, which lost() tells. */
static PGresult *next_result(struct db_conn *conn)
{
	return !lost(of(conn)) && !await(conn) ? NULL : PQgetResult(of(conn)->pg);
}

/* The last result of what was sent, as PQexec and its like would return it. */
static PGresult *last_result(struct db_conn *conn, int sent)
{
	PGresult *last = NULL, *next;
	while (sent != 0 && (next = next_result(conn)) != NULL) {
		PQclear(last);
		last = next;
	}
	return last;
}

static PGresult *run_text(struct db_conn *conn, const char *text)
{
	return last_result(conn, PQsendQuery(of(conn)->pg, text));
}

/* ---- answers that were not waited for */

/* Reads the answers of what was sent, in their order; the first failure counts, the server passes over what follows it. */
static int settle(struct db_conn *conn, struct err *err)
{
	struct pg_conn *pc = of(conn);
	int rc = 0;
	if (pc->sent == 0)
		return 0;
	if (PQpipelineSync(pc->pg) == 0) { /* there would be no end to wait for */
		rc = raise_engine(pc, NULL, err);
		disconnect(conn);
		return rc;
	}
	for (unsigned i = 0; i < pc->sent && !lost(pc); i++) {
		PGresult *result = next_result(conn);
		bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
		if (good || rc < 0)
			PQclear(result);
		else
			rc = raise_engine(pc, result, err);
		while (!lost(pc) && (result = next_result(conn)) != NULL) /* the end of this one's answers */
			PQclear(result);
	}
	pc->sent = 0;
	PGresult *sync = lost(pc) ? NULL : next_result(conn);
	bool synced = PQresultStatus(sync) == PGRES_PIPELINE_SYNC && PQexitPipelineMode(pc->pg) == 1;
	PQclear(sync);
	if (rc == 0 && !synced)
		rc = raise_engine(pc, NULL, err);
	return rc;
}

static int exec(struct db_conn *conn, const char *text, struct err *err)
{
	struct pg_conn *pc = of(conn);
	if (pc->pg == NULL)
		return db_raise(err, ERR_UNAVAILABLE, "not connected");
	bool back = text_eq(text, "ROLLBACK"); /* undoes what was sent, whatever became of it */
	int rc = settle(conn, err);
	if (back)
		err_clear(err);
	else if (rc < 0)
		return rc;
	PGresult *result = run_text(conn, text);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return raise_engine(pc, result, err);
	/* A COMMIT of a transaction that had failed is answered, politely, by ROLLBACK. */
	bool undone = text_eq(text, "COMMIT") && !text_eq(PQcmdStatus(result), "COMMIT");
	PQclear(result);
	return undone ? db_raise(err, ERR_INTERNAL, "the transaction had failed") : 0;
}

/* ---- connecting */

static void disconnect(struct db_conn *conn)
{
	struct pg_conn *pc = of(conn);
	if (pc->pg != NULL)
		PQfinish(pc->pg);
	pc->pg = NULL;
	pc->sent = 0;
	for (size_t i = 0; i < conn->db->list->nqueries; i++)
		pc->stmts[i].prepared = false;
}

static void ignore_notice(void *arg UNUSED, const PGresult *result UNUSED) {}

static int set_up(struct db_conn *conn, struct err *err)
{
	struct db *db = conn->db;
	char text[400];
	if (PQserverVersion(of(conn)->pg) < VERSION_MIN)
		return ERR(err, ERR_UNSUPPORTED, "PostgreSQL 版本过低：%d，至少须 15", PQserverVersion(of(conn)->pg) / 10000);
	(void)snprintf(text, sizeof(text),
	               "SET synchronous_commit = on; SET standard_conforming_strings = on; SET lock_timeout = %u; "
	               "SET statement_timeout = %u; SET default_transaction_isolation = 'read committed'; "
	               "SET default_transaction_read_only = %s",
	               db->wait_ms, work_ms(db), conn->mode == DB_WRITE ? "off" : "on");
	return exec(conn, text, err);
}

static int join(struct db_conn *conn, struct err *err)
{
	struct pg_conn *pc = of(conn);
	struct db *db = conn->db;
	disconnect(conn);
	if (now_ms() < atomic_load(&db->down_until_ms))
		return db_raise(err, ERR_UNAVAILABLE, "the server did not answer a moment ago");
	char text[16];
	const char *words[WORDS + 1], *values[WORDS + 1];
	unsigned seconds = db->wait_ms / 1000;
	connect_words(db, seconds < CONNECT_MIN_S ? CONNECT_MIN_S : seconds, text, words, values);
	int64_t begun = now_ms();
	pc->endless = pc->silent = false;
	pc->pg = PQconnectdbParams(words, values, 1);
	BUG_ON(pc->pg == NULL); /* only without memory */
	(void)PQsetNoticeReceiver(pc->pg, ignore_notice, NULL);
	if (PQstatus(pc->pg) != CONNECTION_OK) {
		int rc = raise_engine(pc, NULL, err);
		disconnect(conn);
		if (now_ms() - begun > DOWN_MS) /* it was not refused, it hung */
			atomic_store(&db->down_until_ms, now_ms() + DOWN_MS);
		return rc;
	}
	int rc = PQsetnonblocking(pc->pg, 1) == 0 ? set_up(conn, err) : raise_engine(pc, NULL, err);
	if (rc < 0)
		disconnect(conn);
	return rc;
}

/* Whether the server has said good-bye meanwhile: then its last words wait at the socket. */
static bool gone_meanwhile(struct pg_conn *pc)
{
	struct pollfd at = {.fd = PQsocket(pc->pg), .events = POLLIN};
	while (poll(&at, 1, 0) > 0) /* the words first, the end of the stream behind them */
		if (PQconsumeInput(pc->pg) == 0)
			return true;
	return PQstatus(pc->pg) != CONNECTION_OK;
}

static int ready(struct db_conn *conn, struct err *err)
{
	struct pg_conn *pc = of(conn);
	if (pc->pg != NULL && !lost(pc) && !gone_meanwhile(pc))
		return 0;
	if (conn->locks > 0)
		return db_raise(err, ERR_UNAVAILABLE, "the connection that held the locks is lost");
	return join(conn, err);
}

/* ---- transactions */

static int begin(struct db_conn *conn, struct err *err)
{
	/* A reader sees one moment, as it does on SQLite. */
	const char *text = conn->mode == DB_WRITE ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	                                          : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	int rc = exec(conn, text, err);
	if (rc < 0 && lost(of(conn)) && conn->locks == 0) { /* it went in this very moment; nothing is half done yet */
		rc = join(conn, err);
		if (rc == 0)
			rc = exec(conn, text, err);
	}
	return rc;
}

static bool tx_open(const struct db_conn *conn)
{
	const struct pg_conn *pc = of(conn);
	if (lost(pc))
		return false;
	PGTransactionStatusType status = PQtransactionStatus(pc->pg);
	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

/* ---- statements */

static void name_of(size_t sql, char out[24])
{
	(void)snprintf(out, 24, "q%zu", sql);
}

static bool type_agrees(enum db_type type, Oid oid)
{
	switch (type) {
	case DB_INT_TYPE: return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_BOOL;
	case DB_TEXT_TYPE: return oid == OID_TEXT || oid == OID_VARCHAR;
	case DB_BLOB_TYPE: return oid == OID_BYTEA;
	default: return false;
	}
}

static int check_columns(const struct sql_query *query, const PGresult *described, struct err *err)
{
	size_t cols = (size_t)PQnfields(described);
	if (cols != query->ncols) {
		int rc = db_raise(err, ERR_INTERNAL, "");
		err_detail(err, "%s: %zu columns, declared are %zu", query->name, cols, query->ncols);
		return rc;
	}
	for (size_t i = 0; i < cols; i++) {
		Oid oid = PQftype(described, (int)i);
		if (!type_agrees(query->cols[i].type, oid)) {
			int rc = db_raise(err, ERR_INTERNAL, "");
			err_detail(err, "%s: column %s has PostgreSQL's type %u, not the one declared (cast it)", query->name,
			           query->cols[i].name, oid);
			return rc;
		}
	}
	return 0;
}

static void types_of(const struct sql_query *query, Oid types[static DB_ARGS_MAX])
{
	static const Oid oids[] = {[DB_INT_TYPE] = OID_INT8, [DB_TEXT_TYPE] = OID_TEXT, [DB_BLOB_TYPE] = OID_BYTEA};
	for (size_t i = 0; i < query->nargs; i++)
		types[i] = oids[query->args[i].type];
}

static int prepare(struct db_conn *conn, size_t sql, struct err *err)
{
	struct pg_conn *pc = of(conn);
	if (pc->stmts[sql].prepared)
		return 0;
	int rc = settle(conn, err);
	if (rc < 0)
		return rc;
	const struct sql_query *query = db_query(conn, sql);
	Oid types[DB_ARGS_MAX];
	char name[24];
	types_of(query, types);
	name_of(sql, name);
	PGresult *result = last_result(conn, PQsendPrepare(pc->pg, name, query->text[DB_POSTGRES], (int)query->nargs, types));
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return raise_engine(pc, result, err);
	PQclear(result);
	result = last_result(conn, PQsendDescribePrepared(pc->pg, name));
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return raise_engine(pc, result, err);
	rc = check_columns(query, result, err);
	PQclear(result);
	pc->stmts[sql].prepared = rc == 0;
	if (rc < 0) { /* the name must be free for the next try; a transaction is failed by db.c */
		char drop[40];
		(void)snprintf(drop, sizeof(drop), "DEALLOCATE %s", name);
		PQclear(run_text(conn, drop));
	}
	return rc;
}

static const char *column_name(struct db_conn *conn, size_t sql, size_t col, struct arena *arena)
{
	char name[24];
	name_of(sql, name);
	PGresult *described = last_result(conn, PQsendDescribePrepared(of(conn)->pg, name));
	const char *found = PQfname(described, (int)col);
	char *copy = arena_strdup(arena, found != NULL ? found : "");
	PQclear(described);
	return copy;
}

/* Arguments in the binary form libpq takes. */
struct packed {
	int64_t numbers[DB_ARGS_MAX];
	const char *values[DB_ARGS_MAX];
	int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
};

static void pack(const struct sql_query *query, const struct db_value *args, struct packed *out)
{
	for (size_t i = 0; i < query->nargs; i++) {
		out->formats[i] = 1;
		out->lengths[i] = 0;
		out->values[i] = NULL;
		if (args[i].type == DB_INT_TYPE) {
			out->numbers[i] = (int64_t)htobe64((uint64_t)args[i].num);
			out->values[i] = (const char *)&out->numbers[i];
			out->lengths[i] = (int)sizeof(int64_t);
		} else if (args[i].type != DB_NULL_TYPE) {
			BUG_ON(args[i].size > INT32_MAX);
			out->values[i] = args[i].data == NULL ? "" : args[i].data;
			out->lengths[i] = (int)args[i].size;
		}
	}
}

/* Hands a statement over with its values: 1, or 0 where libpq cannot. A prepared one soon has one plan for whatever values, made for what is usual; what depends on them (an
 * agency with a tenth of all cases) goes as its text. */
static int send_one(struct db_conn *conn, size_t sql, const struct db_value *args)
{
	const struct sql_query *query = db_query(conn, sql);
	PGconn *pg = of(conn)->pg;
	struct packed packed;
	Oid types[DB_ARGS_MAX];
	char name[24];
	pack(query, args, &packed);
	if (query->by_values) {
		types_of(query, types);
		return PQsendQueryParams(pg, query->text[DB_POSTGRES], (int)query->nargs, types, packed.values, packed.lengths, packed.formats, 1);
	}
	name_of(sql, name);
	return PQsendQueryPrepared(pg, name, (int)query->nargs, packed.values, packed.lengths, packed.formats, 1);
}

static PGresult *run_one(struct db_conn *conn, size_t sql, const struct db_value *args)
{
	return last_result(conn, send_one(conn, sql, args));
}

static int send_only(struct db_conn *conn, size_t sql, const struct db_value *args, struct err *err)
{
	struct pg_conn *pc = of(conn);
	if ((pc->sent == 0 && PQenterPipelineMode(pc->pg) == 0) || send_one(conn, sql, args) == 0)
		return raise_engine(pc, NULL, err);
	pc->sent++;
	return 0;
}

static int run(struct db_conn *conn, size_t sql, const struct db_value *args, int64_t *changed, struct err *err)
{
	int rc = settle(conn, err);
	if (rc < 0)
		return rc;
	PGresult *result = run_one(conn, sql, args);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return raise_engine(of(conn), result, err);
	const char *count = PQcmdTuples(result);
	if (!text_int(count, strlen(count), changed))
		*changed = 0;
	PQclear(result);
	return 0;
}

static int64_t number_at(const char *data, int len)
{
	uint64_t bits = 0;
	for (int i = 0; i < len; i++)
		bits = bits << 8 | (unsigned char)data[i];
	if (len == 4)
		return (int32_t)(uint32_t)bits;
	if (len == 2)
		return (int16_t)(uint16_t)bits;
	return (int64_t)bits; /* 8, or a boolean's 1 */
}

static void read_row(const PGresult *result, int row, const struct sql_query *query, struct db_value *out)
{
	for (size_t i = 0; i < query->ncols; i++) {
		int col = (int)i;
		out[i] = (struct db_value){.type = query->cols[i].type};
		const char *data = PQgetvalue(result, row, col);
		int len = PQgetlength(result, row, col);
		if (PQgetisnull(result, row, col))
			out[i].type = DB_NULL_TYPE;
		else if (out[i].type == DB_INT_TYPE)
			out[i].num = number_at(data, len);
		else {
			out[i].data = data; /* libpq ends it with a NUL */
			out[i].size = (size_t)len;
		}
	}
}

static int rows(struct db_conn *conn, size_t sql, const struct db_value *args, size_t limit, struct arena *arena,
                struct db_result *out, struct err *err)
{
	const struct sql_query *query = db_query(conn, sql);
	int rc = settle(conn, err);
	if (rc < 0)
		return rc;
	PGresult *result = run_one(conn, sql, args);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return raise_engine(of(conn), result, err);
	size_t count = (size_t)PQntuples(result);
	if (count > limit) {
		PQclear(result);
		return db_raise(err, ERR_LIMIT, query->name);
	}
	*out = (struct db_result){.rows = count, .cols = query->ncols};
	out->cells = ARENA_ARRAY(arena, count * query->ncols, struct db_value);
	for (size_t row = 0; row < count; row++) {
		struct db_value *cells = out->cells + row * query->ncols;
		read_row(result, (int)row, query, cells);
		for (size_t i = 0; i < query->ncols; i++)
			if (cells[i].data != NULL)
				cells[i].data = arena_strndup(arena, cells[i].data, cells[i].size);
	}
	PQclear(result);
	return 0;
}

/* Row by row as they come. After an early stop the rest is read and thrown away: a cancel would fail the transaction. */
static int each(struct db_conn *conn, size_t sql, const struct db_value *args, db_each_fn fn, void *context, int *stopped,
                struct err *err)
{
	const struct sql_query *query = db_query(conn, sql);
	struct pg_conn *pc = of(conn);
	struct db_value row[DB_COLS_MAX];
	int rc = settle(conn, err);
	if (rc < 0)
		return rc;
	if (send_one(conn, sql, args) == 0)
		return raise_engine(pc, NULL, err);
	BUG_ON(PQsetSingleRowMode(pc->pg) == 0);
	PGresult *result;
	while ((result = next_result(conn)) != NULL) {
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_SINGLE_TUPLE && rc == 0 && *stopped == 0) {
			read_row(result, 0, query, row);
			*stopped = fn(context, row, err);
		} else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && rc == 0) {
			rc = raise_engine(pc, result, err);
			result = NULL;
		}
		PQclear(result);
	}
	return rc == 0 && lost(pc) ? raise_engine(pc, NULL, err) : rc;
}

/* ---- the store's own statements */

static int schema(struct db_conn *conn, bool open, struct err *err)
{
	/* A migration may take long, and may wait for another process's. Connecting anew sets everything as it was. */
	if (open) {
		of(conn)->endless = true;
		return exec(conn, "SET statement_timeout = 0; SET lock_timeout = 0", err);
	}
	disconnect(conn);
	return ready(conn, err);
}

static int query_text(struct db_conn *conn, const char *text, struct arena *arena, struct db_result *out, struct err *err)
{
	int rc = settle(conn, err);
	if (rc < 0)
		return rc;
	PGresult *result = run_text(conn, text);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return raise_engine(of(conn), result, err);
	size_t count = (size_t)PQntuples(result), cols = (size_t)PQnfields(result);
	*out = (struct db_result){.rows = count, .cols = cols, .cells = ARENA_ARRAY(arena, count * cols, struct db_value)};
	for (size_t i = 0; i < count * cols; i++) {
		int row = (int)(i / cols), col = (int)(i % cols);
		if (!PQgetisnull(result, row, col))
			out->cells[i] = db_text(arena_strdup(arena, PQgetvalue(result, row, col)));
	}
	PQclear(result);
	return 0;
}

static int lock_call(struct db_conn *conn, const char *call, int64_t name, bool *got, struct err *err)
{
	char text[100];
	struct arena *arena = arena_new();
	struct db_result result;
	(void)snprintf(text, sizeof(text), "SELECT %s(%lld)", call, (long long)name);
	int rc = query_text(conn, text, arena, &result, err);
	*got = rc == 0 && text_eq(db_str(&result, 0, 0), "t");
	arena_free(arena);
	return rc;
}

static int try_lock(struct db_conn *conn, int64_t name, bool *got, struct err *err)
{
	return lock_call(conn, "pg_try_advisory_lock", name, got, err);
}

static void unlock(struct db_conn *conn, int64_t name)
{
	struct arena *arena = arena_new();
	struct err err;
	bool done = false;
	err_init(&err, arena);
	if (of(conn)->pg != NULL && name != 0)
		(void)!lock_call(conn, "pg_advisory_unlock", name, &done, &err);
	else if (of(conn)->pg != NULL)
		done = exec(conn, "SELECT pg_advisory_unlock_all()", &err) == 0;
	if (!done) /* the connection cannot say: the server frees its locks with it, a little later */
		disconnect(conn);
	arena_free(arena);
}

static int limit_pages(struct db_conn *conn UNUSED, unsigned pages UNUSED, struct err *err)
{
	return ERR(err, ERR_UNSUPPORTED, "PostgreSQL 不支持限制页数");
}

const struct db_driver db_postgres_driver = {
    .writers = WRITERS,
    .conn_size = sizeof(struct pg_conn),
    .query_size = sizeof(struct pg_stmt),
    .ready = ready,
    .disconnect = disconnect,
    .exec = exec,
    .begin = begin,
    .tx_open = tx_open,
    .prepare = prepare,
    .column_name = column_name,
    .run = run,
    .send = send_only,
    .settle = settle,
    .rows = rows,
    .each = each,
    .schema = schema,
    .query = query_text,
    .try_lock = try_lock,
    .unlock = unlock,
    .limit_pages = limit_pages,
};
