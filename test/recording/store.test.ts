import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Recorder } from '../../src/recording/recorder.js';
import { Store } from '../../src/recording/store.js';
import { START, scenario } from '../support/scenario.js';
import { FakeSession, record, scratch } from './session.js';

const samples = scenario(`${'.'.repeat(80)}xxxxxxx${'.'.repeat(80)}`, { target: 'a' });
const rejects = (promise: Promise<unknown>, message: RegExp) =>
  promise.then(
    () => assert.unreachable('was taken'),
    (error: Error) => assert.match(error.message, message),
  );

function stocked(): Store {
  const folder = scratch();
  record(join(folder, 'first.jsonl'), samples);
  record(join(folder, 'second.jsonl'), samples.slice(0, 100));
  return new Store(folder);
}

const test = suite('catalogue');

test('an empty or missing folder has no recordings', async () => {
  assert.equal(await new Store(scratch()).list(), []);
  assert.equal(await new Store(join(scratch(), 'none')).list(), []);
});

test('lists what the files tell', async () => {
  const store = stocked();
  const [first, second] = await store.list();
  assert.is(first!.name, 'first');
  assert.is(first!.facts!.samples, samples.length);
  assert.equal(first!.facts!.events, { unclear: 1 });
  assert.equal(first!.facts!.ending, { kind: 'complete' });
  assert.is(first!.facts!.endedAt, samples.at(-1)!.knownAt);
  assert.equal(
    first!.facts!.targets.map(({ target }) => target),
    ['a', 'b'],
  );
  assert.is(second!.facts!.samples, 100);
  assert.is(statSync(join(store.folder, 'catalogue.json')).mode & 0o777, 0o600);
});

test('a changed file is read again, and a file that is not a recording is reported', async () => {
  const store = stocked();
  await store.list();
  rmSync(store.pathOf('second'));
  record(store.pathOf('second'), samples.slice(0, 50));
  writeFileSync(store.pathOf('third'), 'hello\n');
  const [, second, third] = await store.list();
  assert.is(second!.facts!.samples, 50);
  assert.match(third!.error!, /not a recording of migwatch/);
});

test('facts that an older release gathered are gathered again', async () => {
  const store = stocked();
  await store.list();
  const file = join(store.folder, 'catalogue.json');
  const catalogue = JSON.parse(readFileSync(file, 'utf8'));
  for (const { facts } of catalogue.recordings) {
    delete facts.gathering;
    facts.ending = { kind: 'damaged', line: 3, why: 'of old' };
  }
  writeFileSync(file, JSON.stringify(catalogue));
  assert.equal(
    (await store.list()).map(({ facts }) => facts!.ending),
    [{ kind: 'complete' }, { kind: 'complete' }],
  );
});

test('notes and bookmarks stay with a recording that is renamed, and go with one that is removed', async () => {
  const store = stocked();
  await store.note('first', 'host upgrade \u001b[31m');
  await store.note('first.jsonl', 'here it moved', START + 5000);
  assert.equal(await store.notesOf('first.jsonl'), (await store.show('first')).notes);
  assert.equal(await store.notesOf('second'), []);
  await store.rename('first', 'upgrade');
  assert.not(existsSync(store.pathOf('first')));
  const expected = [{ text: 'host upgrade \u001b[31m' }, { text: 'here it moved', at: START + 5000 }];
  assert.equal((await new Store(store.folder).show('upgrade')).notes, expected);
  await store.removeNote('upgrade', 0);
  assert.equal((await store.show('upgrade')).notes, expected.slice(1));
  await rejects(store.removeNote('upgrade', 7), /has 1 notes, but no number 8/);
  await store.remove('upgrade');
  assert.equal(
    (await store.list()).map(({ name }) => name),
    ['second'],
  );
  record(store.pathOf('upgrade'), samples.slice(0, 5));
  assert.equal((await store.show('upgrade')).notes, []);
});

test('wrong names are refused, with the nearest known', async () => {
  const store = stocked();
  await rejects(store.show('secnd'), /unknown recording "secnd". Did you mean "second"\?/);
  await rejects(store.rename('first', 'second'), /second exists/);
  for (const name of ['', '.hidden', '../up', 'a/b', 'a\\b', 'a\u001b'])
    await rejects(store.rename('first', name), /can't be the name of a recording/);
  await rejects(store.remove('../first'), /unknown recording/);
  assert.ok(existsSync(store.pathOf('first')));
});

test('a recording that a session writes is marked, and neither renamed nor removed', async () => {
  const store = stocked();
  const recorder = Recorder.open(store.pathOf('now'), {}, new FakeSession().ports);
  assert.ok((await store.show('now')).live);
  await rejects(store.remove('now'), /being recorded/);
  await rejects(store.rename('now', 'later'), /being recorded/);
  recorder.close();
  assert.not((await store.show('now')).live);
  await store.remove('now');
});

test('a damaged catalogue is set aside and made again from the files', async () => {
  for (const damage of [
    '{"version":1,"recordings":[{"na',
    '{"version":1,"recordings":[7]}',
    '[]',
    '{"version":9}',
  ]) {
    const store = stocked();
    await store.note('first', 'precious');
    writeFileSync(join(store.folder, 'catalogue.json'), damage);
    assert.equal(await store.notesOf('first'), [], 'whoever only looks changes nothing');
    assert.is(readFileSync(join(store.folder, 'catalogue.json'), 'utf8'), damage);
    const entries = await store.list();
    assert.is(entries.length, 2);
    assert.is(entries[0]!.facts!.samples, samples.length);
    assert.match(store.notices[0]!, /damaged and is created again/);
    const aside = readdirSync(store.folder).find(name => name.includes('.damaged-'))!;
    assert.is(readFileSync(join(store.folder, aside), 'utf8'), damage);
  }
});

test('notes written at the same time are all kept', async () => {
  const store = stocked();
  const stores = Array.from({ length: 5 }, () => new Store(store.folder));
  await Promise.all(stores.map((each, index) => each.note('first', `note ${index}`)));
  const texts = (await store.show('first')).notes.map(note => note.text);
  assert.equal(texts.sort(), ['note 0', 'note 1', 'note 2', 'note 3', 'note 4']);
});

test.run();
