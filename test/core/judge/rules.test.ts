import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import { CAUSE_IDS } from '../../../src/core/causes/causes.js';
import type { LightState, MigrationEvent } from '../../../src/core/event.js';
import { eventLine } from '../../../src/core/format/event-line.js';
import { RULES } from '../../../src/core/judge/rules.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Sample } from '../../../src/core/sample.js';
import type { Json } from '../../../src/core/validation/saved-state.js';
import { encodeRow } from '../../../src/recording/format.js';
import { checkRow } from '../../../src/recording/rows.js';
import { scenario } from '../../support/scenario.js';
import { witnessed } from '../../support/witnessed.js';

const test = suite('rules of the judge');

/** Scripts and recordings refer to these: an id is added, never renamed. */
const IDS = [
  ...['all-targets-at-once', 'announced-and-echo-lost', 'announced-and-stood-still'],
  ...['announced-awaiting-clock', 'announced-but-clock-continued', 'announced-then-silent'],
  'announced-without-clock',
  ...['announced-without-gap', 'answers-awaiting-announcement', 'answers-awaiting-clock', 'clean-gap'],
  ...['clock-jumped-back', 'clock-set', 'every-clock-forward', 'gap-and-clock-continued'],
  ...['gap-and-stood-still', 'gap-on-both-targets', 'gap-unannounced', 'long-outage-clock-changed'],
  ...['longer-than-migration', 'no-answer', 'outage-longer-than-standstill', 'probes-not-sent'],
  ...['probes-sent-late', 'queued-replies', 'scattered-loss', 'stood-still-briefly'],
  ...['stood-still-unannounced', 'unusual-round-trips'],
];

/** Since each cause is weighed. */
const NEWER_IDS = [
  ...['address-claimed-by-several', 'address-taken-over', 'clock-restarted', 'failover-announced'],
  ...['level-moved', 'network-returned-late', 'standstill-or-reboot', 'ttl-changed'],
  ...['stood-still-awaiting-echoes', 'stood-still-or-paused'],
  ...['announced-failover-or-migration', 'announced-migration-or-failover', 'failover-without-clock'],
  ...['another-machine-answers', 'clock-set-or-another-machine', 'clock-set-without-second-clock'],
  ...['gap-and-late-reply', 'gap-and-prompt-reply', 'long-gap-unannounced'],
  ...CAUSE_IDS.flatMap(cause => [`likely-${cause}`, `perhaps-${cause}`]),
];

test('each has an id of its own, and keeps it', () => {
  assert.equal([...new Set(RULES.map(({ id }) => id))].sort(), [...IDS, ...NEWER_IDS].sort());
});

function eventsOf(track: string): MigrationEvent[] {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
  return scenario(`${track}${'.'.repeat(80)}`).flatMap(sample => pipeline.step(sample).events);
}

test('an event, its line and its row carry the rule and whether it is red', () => {
  const told = eventsOf('xxxxxxxl');
  assert.equal(
    [told[0], told.at(-1)].map(event => [event?.kind, event?.rule, event?.red]),
    [
      ['unclear', 'no-answer', false],
      ['unclear', 'gap-and-late-reply', true],
    ],
  );
  const last = told.at(-1)!;
  const line = eventLine(last) as Record<string, unknown>;
  assert.equal([line.rule, line.red], ['gap-and-late-reply', true]);
  assert.equal(checkRow(JSON.parse(encodeRow({ type: 'event', data: last }))), { type: 'event', data: last });
});

/** Rows of a word as they stand in the shipped recording, which was made before events named their rule. */
function rowsOf(type: string): [string, Record<string, Json>][] {
  return readFileSync('recordings/demo.jsonl', 'utf8')
    .split('\n')
    .filter(line => line.startsWith(`["${type}"`))
    .map(line => JSON.parse(line));
}

test('events of an old recording are read with the rule and the colour that they were shown with', () => {
  const events = rowsOf('event').map(row => checkRow(row).data as MigrationEvent);
  const lights = rowsOf('light').map(row => checkRow(row).data as LightState);
  assert.ok(events.length > 20);
  for (const { id, rule, red, kind, evidence } of events) {
    assert.ok(IDS.includes(rule), `${id}: ${rule}`);
    const { light } = lights.find(({ why }) => why === evidence[0]!.summary)!;
    assert.is(red, light === 'red', `${kind}: ${evidence[0]!.summary}`);
  }
  assert.equal([...new Set(events.map(({ red }) => red))].sort(), [false, true]);
});

test('an old event with a sentence that is not known is red if it is a migration or a ghost', () => {
  const [, data] = rowsOf('event')[0]!;
  const redOf = (kind: string) => {
    const evidence = [{ witness: 'echo', summary: 'a sentence of nobody' }];
    return checkRow(['event', { ...data, kind, evidence }]).data as MigrationEvent;
  };
  for (const kind of ['migration', 'ghost', 'unclear', 'pause', 'outage']) {
    const { rule, red } = redOf(kind);
    assert.equal([rule, red], ['unknown', kind === 'migration' || kind === 'ghost'], kind);
  }
});

/** Of the events' evidence, by the beginnings of its sentences. */
function witnessOf(events: readonly MigrationEvent[], summary: RegExp): string[] {
  const all = events.flatMap(({ evidence }) => evidence).filter(each => summary.test(each.summary));
  return [...new Set(all.map(({ witness }) => witness))];
}

test('each piece of evidence names the witness that it comes from, and the verdict the one that decided', () => {
  const judged = (samples: readonly Sample[]) => {
    const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
    return samples.flatMap(sample => pipeline.step(sample).events);
  };
  const away = { from: 1010, to: 1330 };
  const moved = judged(witnessed([{ what: 'migration', ...away, announced: true }], { audible: true }));
  assert.equal(witnessOf(moved, /^stood still, and was announced/), ['announce']);
  assert.equal(witnessOf(moved, /^5 RARP/), ['announce']);
  assert.equal(witnessOf(moved, /^announcement: /), ['announce']);
  assert.equal(witnessOf(moved, /^guest clock /), ['clock']);
  assert.equal(witnessOf(moved, /^clock-step: /), ['clock']);
  assert.equal(witnessOf(moved, /^loss: |echoes in a row unanswered/), ['echo']);
  const frozen = judged(witnessed([{ what: 'migration', ...away }]));
  assert.equal(witnessOf(frozen, /^unreachable while the guest clock stood still/), ['clock']);
  const announced = judged(witnessed([{ what: 'cut', ...away, announced: true }], { clock: false }));
  assert.equal(witnessOf(announced, /^unreachable and announced again/), ['announce']);
  const unsent = judged(scenario(`${'u'.repeat(20)}xxx${'.'.repeat(80)}`));
  assert.equal(witnessOf(unsent, /^probes could not be sent|^\d+ probes could not be sent/), ['prober']);
  assert.equal(witnessOf(judged(scenario(`xxxxxxx${'.'.repeat(80)}`)), /./), ['echo']);
});

test('an open event is saved by the id of its rule, and a state that names the sentence is still read', () => {
  const samples = scenario(`xxxxxxx${'.'.repeat(80)}`);
  const half = samples.findIndex(({ seq }) => seq === 1206) + 1;
  const live = new Pipeline(defaultChoices(), { holdMs: 1500 });
  for (const sample of samples.slice(0, half)) live.step(sample);
  const session = live.save();
  const saved = JSON.stringify(live.saveTarget('vm'));
  assert.match(saved, /"rule":"no-answer"/);
  const former = saved.replace('"rule":"no-answer"', '"rule":"unclear: no answer"');
  const rest = samples.slice(half).map(sample => live.step(sample));
  for (const state of [saved, former]) {
    const again = new Pipeline(defaultChoices(), { holdMs: 1500 });
    again.load(session);
    again.loadTarget('vm', JSON.parse(state));
    assert.equal(
      samples.slice(half).map(sample => again.step(sample)),
      rest,
    );
  }
});

test.run();
