/* The calendar in memory. Private to its two files. */
#ifndef SANZHI_LAW_CALENDAR_IMPL_H
#define SANZHI_LAW_CALENDAR_IMPL_H

#include "law/calendar.h"

#define CALENDAR_FIRST 1990
#define CALENDAR_YEARS 211

struct calendar_year {
	int number, length;
	day_t first;
	bool working[366];
	const char *why[366]; /* festival; NULL on plain days */
};

struct calendar {
	struct calendar_year *years[CALENDAR_YEARS]; /* NULL where no calendar was published */
	int first, last;
};

#endif
