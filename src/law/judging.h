/* One gate's answer, shared by judging and folding. */
#ifndef SANZHI_LAW_JUDGING_H
#define SANZHI_LAW_JUDGING_H

#include "law/eval.h"

enum gate_answer { GATE_OPEN, GATE_SHUT, GATE_EXCUSED, GATE_UNKNOWN_YEAR };

/* What cannot be known yet (no body given) leaves the gate open. */
enum gate_answer gate_judge(struct eval *e, const struct gate *gate);
bool kind_open_to(const struct kind *kind, const json_t *roles);

#endif
