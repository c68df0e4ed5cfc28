// A journey is data: who does which act, when, saying what. This file puts a place's words and people into it.
import { coercion } from './coercion.mjs';
import { inspection } from './inspection.mjs';
import { licence } from './licence.mjs';
import { penalty } from './penalty.mjs';
import { additions } from './places.mjs';
import { simplePenalty } from './simple-penalty.mjs';

export const journeys = { penalty, 'simple-penalty': simplePenalty, licence, inspection, coercion };

function put(value, words) {
  if (typeof value === 'string') return value.startsWith('$') ? words[value] ?? value : value;
  if (Array.isArray(value)) return value.map((item) => put(item, words));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, put(member, words)]));
  return value;
}

/* The acts of a journey as a place's people do them. `world`: what makeWorld gave; the case's number is put in when it is known. */
export function actsOf(name, placeName, world, caseNumber = '') {
  const words = {
    $officers: [world.officers.handler, world.officers.second], $handler: world.officers.handler, $second: world.officers.second,
    $agency: world.place.name, $division: world.place.division, $case: caseNumber };
  return journeys[name].acts.map((act) => {
    const more = additions[placeName][act.kind] ?? {};
    return { ...act, f: put({ ...act.f, ...more }, { ...words, $ended: act.f.ended ?? act.at }) };
  });
}

/* Splits a body into what is said and the files it carries: {f, files: {field: [[name], …]}}. */
export function withFiles(f) {
  const said = {}, files = {};
  for (const [field, value] of Object.entries(f)) {
    const list = Array.isArray(value) ? value : [value];
    if (list.length > 0 && list.every((item) => item !== null && typeof item === 'object' && '$file' in item)) files[field] = list.map((item) => item.$file);
    else said[field] = value;
  }
  return { f: said, files };
}
