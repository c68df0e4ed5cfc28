#include "work/numbering.h"

#include <pthread.h>

#include "base/text.h"
#include "work/state.h"

#define GIVEN_BACK 16 /* refusals at one time between which others were numbered; more are forgotten, and leave a gap */

struct counter {
	char agency[19];
	int year;
	int64_t last; /* -1: ask the database */
	int64_t back[GIVEN_BACK]; /* numbers that no case got, to be given away again before a new one */
	size_t nback;
	struct counter *next;
};

struct numbering {
	pthread_mutex_t lock;
	struct arena *arena;
	struct counter *first;
};

static void drop(void *arg)
{
	struct numbering *numbering = arg;
	(void)pthread_mutex_destroy(&numbering->lock);
}

struct numbering *numbering_new(struct arena *arena)
{
	struct numbering *numbering = ARENA_NEW(arena, struct numbering);
	numbering->arena = arena;
	BUG_ON(pthread_mutex_init(&numbering->lock, NULL) != 0);
	arena_on_free(arena, drop, numbering);
	return numbering;
}

/* The counter of an agency and year, made where missing; the lock is held. */
static struct counter *counter_of(struct numbering *numbering, const char *agency, int year)
{
	struct counter *counter = numbering->first;
	while (counter != NULL && (counter->year != year || strcmp(counter->agency, agency) != 0))
		counter = counter->next;
	if (counter != NULL)
		return counter;
	counter = ARENA_NEW(numbering->arena, struct counter);
	size_t len = strnlen(agency, sizeof(counter->agency) - 1);
	memcpy(counter->agency, agency, len);
	counter->year = year;
	counter->last = -1;
	counter->next = numbering->first;
	numbering->first = counter;
	return counter;
}

static int last_in_database(struct site *site, const char *agency, int year, struct arena *arena, int64_t *out, struct err *err)
{
	struct db_conn *conn;
	struct db_result rows;
	int rc = db_acquire(site->db, DB_READ, &conn, err);
	if (rc != 0)
		return rc;
	/* Keys of one agency and year are told apart by their numbers only; they are padded to four digits and grow longer after 9999. */
	rc = DB_ROWS(conn, SQL_CASE_LAST_NUMBER, 1, arena, &rows, err, DB_TEXT(arena_printf(arena, "%s-%04d-", agency, year)));
	db_release(conn);
	if (rc != 0)
		return rc;
	*out = rows.rows == 0 || db_is_null(&rows, 0, 0) ? 0 : db_int(&rows, 0, 0);
	return 0;
}

/* The least of the numbers that came back, taken out; there is one, and the lock is held. */
static int64_t least_back(struct counter *counter)
{
	size_t least = 0;
	for (size_t i = 1; i < counter->nback; i++)
		if (counter->back[i] < counter->back[least])
			least = i;
	int64_t number = counter->back[least];
	counter->back[least] = counter->back[--counter->nback];
	return number;
}

int numbering_next(struct site *site, const char *agency, int year, struct arena *arena, int64_t *out, struct err *err)
{
	struct numbering *numbering = site->numbering;
	int rc = 0;
	(void)pthread_mutex_lock(&numbering->lock);
	struct counter *counter = counter_of(numbering, agency, year);
	if (counter->last < 0)
		rc = last_in_database(site, agency, year, arena, &counter->last, err);
	if (rc == 0)
		*out = counter->nback > 0 ? least_back(counter) : ++counter->last;
	(void)pthread_mutex_unlock(&numbering->lock);
	return rc;
}

void numbering_retry(struct site *site, const char *agency, int year)
{
	struct numbering *numbering = site->numbering;
	(void)pthread_mutex_lock(&numbering->lock);
	struct counter *counter = counter_of(numbering, agency, year);
	counter->last = -1;
	counter->nback = 0;
	(void)pthread_mutex_unlock(&numbering->lock);
}

void numbering_give_back(struct site *site, const char *agency, int year, int64_t number)
{
	struct numbering *numbering = site->numbering;
	(void)pthread_mutex_lock(&numbering->lock);
	struct counter *counter = counter_of(numbering, agency, year);
	if (counter->last == number)
		counter->last--;
	else if (counter->last > number && counter->nback < GIVEN_BACK)
		counter->back[counter->nback++] = number;
	(void)pthread_mutex_unlock(&numbering->lock);
}
