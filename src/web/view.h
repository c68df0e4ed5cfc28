/* What several pages show alike: form fields, duties, entries, lists of options. Documents follow docs/formats/pages.md; every name a template may ask for is there, null or false where it does not apply. */
#ifndef SANZHI_WEB_VIEW_H
#define SANZHI_WEB_VIEW_H

#include "web/request.h"

/* What a form is filled with: the form (law_form with what is chosen from registers beside), what was given before (request's fields; may be NULL), and the mistakes. */
struct form_view {
	const json_t *form;
	const json_t *given;
	const struct err *err; /* NULL: none */
	const json_t *officers, *divisions;
	instant_t now; /* dates that may not lie in the future end with it; INSTANT_NONE: they are left open */
	const json_t *lists, *agencies; /* NULL on a case; agencies empty where there are too many to pick from */
};

/* The fields as the templates' controls. */
json_t *view_fields(struct arena *arena, const struct form_view *form);
/* Whether any field takes files: the form is multipart then. */
bool view_has_files(const json_t *form);

/* A duty of show_duty with the words pages add. */
json_t *view_duty(const json_t *duty);
/* "已逾期" … */
const char *view_standing(const char *standing);

/* A <select>'s options: [{value, title, selected}]. */
json_t *view_option(const char *value, const char *title, bool selected);
json_t *view_filter(const char *name, const char *title, json_t *options);

/* show_fields' rows in the templates' form: [{title, text, wide, table, files}]. */
json_t *view_shown_fields(const json_t *fields);

/* The entry's head as timelines show it. */
json_t *view_entry(const json_t *entry);

/* A QR code as a picture in the page (SVG made by the program). */
json_t *view_qr(struct arena *arena, const char *text);

#endif
