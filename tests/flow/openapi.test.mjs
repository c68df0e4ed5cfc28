// The description for programs, as a public linter (Redocly's, with its strictest rules) reads it, and as the server keeps it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Site } from './lib.mjs';

let site, text;
before(async () => {
  site = await Site.make();
  await site.serve();
  const answer = await site.stranger().get('/openapi.json');
  assert.equal(answer.status, 200);
  text = answer.text;
});
after(() => site?.remove());

async function lint(source) {
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config: await createConfig({ extends: ['recommended-strict'] }) });
  return problems.map((one) => `${one.severity} ${one.ruleId} at ${one.location[0]?.pointer}: ${one.message}`);
}

test('the linter finds nothing', async () => {
  assert.deepEqual(await lint(text), []);
});

test('the linter would find what is wrong', async () => {
  for (const [spoil, rule] of [
    [(doc) => { delete doc.info.license; }, 'info-license'],
    [(doc) => { Object.values(doc.paths)[0].get.operationId = Object.values(doc.paths)[1].get?.operationId ?? 'x y'; }, 'operation-operationId'],
    [(doc) => { Object.values(doc.paths).find((one) => one.get).get.responses = {}; }, ''],
    [(doc) => { doc.paths['/nowhere/{key}'] = { get: { responses: {} } }; }, 'path-parameters-defined'],
  ]) {
    const doc = JSON.parse(text);
    spoil(doc);
    const found = await lint(JSON.stringify(doc));
    assert.ok(found.some((one) => one.includes(rule)), `${rule}: ${found}`);
  }
});

test('every reference leads somewhere, and every tag and way of signing in is declared', () => {
  const doc = JSON.parse(text);
  const at = (pointer) => pointer.slice(2).split('/').reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
  const walk = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (typeof node.$ref === 'string') assert.ok(at(node.$ref), node.$ref);
    for (const member of Object.values(node)) walk(member);
  };
  walk(doc);
  const tags = new Set(doc.tags.map((one) => one.name)), ways = doc.components.securitySchemes;
  for (const methods of Object.values(doc.paths)) {
    for (const operation of Object.values(methods)) {
      for (const tag of operation.tags ?? []) assert.ok(tags.has(tag), tag);
      for (const way of (operation.security ?? []).flatMap((one) => Object.keys(one))) assert.ok(ways[way], way);
    }
  }
});
