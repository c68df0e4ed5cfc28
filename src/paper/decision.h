/*
 * Decisions as documents. From a case's facts and the entry of its decision (rulebook/common, kinds decision.made, decision.none, simple.decided,
 * measure.decided, finding.concluded) comes the document with the elements that the law asks for:
 *   行政处罚决定书        行政处罚法 59: party and address; facts and evidence; kind and basis; how and by when to perform; remedies; agency, date, seal
 *   当场行政处罚决定书    行政处罚法 52: act; kind, basis, amount; time, place; remedies; agency; officers' signatures
 *   行政强制措施决定书    行政强制法 24: party and address; reason, basis, period; things and quantity; remedies; agency, date, seal
 *   准予、不予许可决定书  行政许可法 38: reasons of a refusal and remedies
 *   行政检查结果告知书    what was found
 * What the law asks for and the entry lacks is printed as 未填写, so that whoever signs sees it.
 */
#ifndef SANZHI_PAPER_DECISION_H
#define SANZHI_PAPER_DECISION_H

#include "paper/document.h"
#include "work/site.h"

struct decision_source {
	const struct law *law;      /* turns register ids in a basis into citations; NULL: they stand as they are */
	const char *agency;         /* name of who decides */
	const char *base_url;       /* the QR code says <base_url>/p/<entry id>; NULL: no code */
	const json_t *facts;        /* the case's */
	const struct entry *entry;  /* its decision */
};

/* The document, in `arena`, borrowing from the source. ERR_UNSUPPORTED: the entry is no decision. */
int decision_model(const struct decision_source *source, struct arena *arena, struct paper_document *out, struct err *err) MUST_USE;

/* The PDF. The agency's name is read from the register: the case's agency, or, for what is decided in the government's name (`decided-as`), the government
 * above it. ERR_UNSUPPORTED as above; ERR_NOT_FOUND: no such agency; failures of the database and of paper_render. */
int paper_decision(struct site *site, const json_t *facts, const struct entry *decision, struct arena *arena, void **pdf, size_t *len, struct err *err) MUST_USE;

#endif
