// Walks a journey over the JSON interface: JSON where an act carries no file, multipart where it does.
import { pdf, png } from '../flow/lib.mjs';
import { actsOf, journeys, withFiles } from './journey.mjs';

const bytes = (name) => (name.endsWith('.png') ? [name, png, 'image/png'] : [name, pdf, 'application/pdf']);

/* Sends one act; `at` of the act. Resolves with the answer, whatever it is. `more`: expect and the like. */
export function send(client, where, act, more = {}) {
  const { f, files } = withFiles(act.f);
  const parts = Object.entries(files).map(([field, names]) => [field, bytes(names[0])]);
  if (parts.length === 0) return client.post(where, { f, at: act.at, ...more });
  return client.form(where, f, Object.fromEntries(parts), { at: act.at, ...more });
}

/* One case on its way. `seen` keeps every answer by its act's position. */
export class Walk {
  constructor(world, placeName, name) {
    Object.assign(this, { world, placeName, name, key: '', number: '', next: 0, seen: [] });
  }

  acts() {
    return actsOf(this.name, this.placeName, this.world, this.number);
  }

  /* The journey's act of a kind, as this place's people would do it, whether its turn has come or not. */
  act(kind) {
    const found = this.acts().find((act) => act.kind === kind);
    if (!found) throw new Error(`${this.name} has no ${kind}`);
    return found;
  }

  where(kind) {
    return this.key === '' ? `/desk/new/${journeys[this.name].procedure}` : `/desk/cases/${this.key}/acts/${kind}`;
  }

  /* Sends an act out of its turn, changed as asked; the journey does not move on. */
  try(kind, { f = {}, who, at, client, more } = {}) {
    const act = this.act(kind);
    return send(client ?? this.world.as[who ?? act.who], this.where(kind), { ...act, at: at ?? act.at, f: { ...act.f, ...f } }, more);
  }

  async step() {
    const act = this.acts()[this.next];
    const answer = await send(this.world.as[act.who], this.where(act.kind), act);
    if (answer.status !== 201) throw new Error(`${this.placeName}/${this.name}, act ${this.next} ${act.kind} by ${act.who}: ${answer.status} ${answer.text}`);
    if (this.key === '') {
      this.key = answer.json.url.split('/').pop();
      this.number = (await this.world.as[act.who].get(answer.json.url)).json.case.number;
    }
    this.seen.push({ ...answer.json, kind: act.kind });
    this.next++;
    return answer.json;
  }

  /* As far as the first act of `kind`, which is not done; to the end where none is named. */
  async until(kind) {
    while (this.next < this.acts().length && this.acts()[this.next].kind !== kind) await this.step();
    return this;
  }

  document(who = 'handler') {
    return this.world.as[who].get(`/desk/cases/${this.key}`);
  }
}

/* Every duty a walk opened, by its rule: {due: "2026-11-04", met: true}. */
export function dutiesOf(walk) {
  const out = {};
  for (const answer of walk.seen) {
    for (const duty of answer.opened) (out[duty.rule] ??= []).push({ due: new Date(duty.due / 1000 + 8 * 3600e3).toISOString().slice(0, 10), limit: duty.limit, also: duty.also.map((one) => one.rule ?? one.clause), met: false });
    for (const duty of answer.met) for (const one of out[duty.rule] ?? []) one.met = true;
  }
  return out;
}
