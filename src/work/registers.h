/*
 * Registers: agencies (province to township) with divisions, entrusted organisations, officers and their certificates, auxiliaries, legal reviewers, devices, lists of
 * content. Each is a stream; what is shown here is computed from its entries. Changing one is an act like any other (work/act.h).
 */
#ifndef SANZHI_WORK_REGISTERS_H
#define SANZHI_WORK_REGISTERS_H

#include "work/people.h"

struct agency {
	const char *code, *name, *abbreviation, *area, *parent; /* parent: code or "" */
	const char *kind; /* 行政机关 | 授权组织 | 受委托组织 | 司法行政部门 | 人民政府 */
};
/* ERR_NOT_FOUND. */
int agency_get(struct site *site, struct db_conn *conn, const char *code, struct arena *arena, struct agency *out, struct err *err) MUST_USE;
/* [{code, name}] of all agencies by their places; an empty list where there are more than `most`, which nobody picks from. */
int agency_names(struct site *site, size_t most, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* Tree below a parent or area (both may be NULL): [{code, name, area, area-name, parent, depth, officers}]. Public facts. */
int agency_list(struct site *site, const char *within_area, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* One agency's page: its facts, lists (pre-event content), officers' public facts, rules that bind it. */
int agency_doc(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* What the agency itself still owes (yearly reports, what its place asks it to set up), the most urgent first: show_duty's objects, explained. Empty for who neither belongs
 * to it nor keeps or oversees it. */
int agency_duties(struct site *site, const struct actor *actor, const char *code, struct arena *arena, json_t **out, struct err *err) MUST_USE;

/* Officers of an agency: [{id, name, certificate, unit, post, kinds, areas, valid-from, valid-to, status, days-left}]. */
int officer_list(struct site *site, const char *agency, struct arena *arena, json_t **out, struct err *err) MUST_USE;
int officer_doc(struct site *site, const struct actor *actor, const char *id, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* What goes into an entry's body in the place of officers' ids (an array of texts): an array in their order. ERR_NOT_FOUND: one of them is in no register. */
int officer_snapshots(struct site *site, struct db_conn *conn, const json_t *ids, struct arena *arena, json_t **out, struct err *err) MUST_USE;
/* Certificates that run out within `days`: the duty roster. */
int officer_roster(struct site *site, const struct actor *actor, int days, struct arena *arena, json_t **out, struct err *err) MUST_USE;

#endif
