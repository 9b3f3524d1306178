import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../../src/core/event.js';
import { EventHook } from '../../../src/session/alerts/hook.js';
import { migrationOf } from '../../support/synthetic.js';

const test = suite('--on-event');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-test-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function hooked(script: string, limitMs?: number) {
  const said: string[] = [];
  const ports = {
    about: ({ target }: MigrationEvent) => ({ name: `name of ${target}`, overBudget: false }),
    say: (text: string) => said.push(text),
    env: { PATH: process.env.PATH, SECRET: 'hidden' },
  };
  return { hook: new EventHook(['sh', '-c', script, 'hook'], ports, limitMs), said };
}

const event = (id: string, state: 'open' | 'closed', target = 'vm', red = true): MigrationEvent => ({
  ...migrationOf(target),
  ...{ id, state, red },
});

/** Waits for what a command does; other processes may be busy. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    assert.ok(waited < 60_000, `no ${what}`);
    await sleep(10);
  }
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // One that is dead and not yet collected by its parent still takes signals.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('runs when an event turns red and when one is over, with its JSON and its words, and nothing of our environment', async () => {
  const log = join(folder, 'log');
  const script = `{ cat; echo "$MIGWATCH_STATE $MIGWATCH_NAME [$SECRET]"; } >> ${log}`;
  const { hook, said } = hooked(script);
  hook.take(event('e1', 'open', 'vm', false));
  hook.take(event('e1', 'open'));
  hook.take(event('e1', 'open'));
  await until(() => existsSync(log) && readFileSync(log, 'utf8').split('\n').length === 3, 'first run');
  hook.take(event('e1', 'closed'));
  hook.take(event('e1', 'closed'));
  await hook.close();
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  assert.is(lines.length, 4);
  assert.equal(
    [0, 2].map(line => JSON.parse(lines[line]!)).map(({ id, state, name }) => [id, state, name]),
    [
      ['e1', 'open', 'name of vm'],
      ['e1', 'closed', 'name of vm'],
    ],
  );
  assert.equal([lines[1], lines[3]], ['open name of vm []', 'closed name of vm []']);
  assert.equal(said, []);
});

test('never two at a time for a target; while one runs the newest waits, and that others were dropped is said', async () => {
  const [log, gate] = [join(folder, 'order'), join(folder, 'gate')];
  const script = `echo "+ $MIGWATCH_ID" >> ${log}; while ! test -e ${gate}; do sleep 0.02; done; echo "- $MIGWATCH_ID" >> ${log}`;
  const { hook, said } = hooked(script);
  for (const id of ['e1', 'e2', 'e3']) hook.take(event(id, 'closed'));
  hook.take(event('other', 'closed', 'neighbour'));
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  await until(() => lines().length === 2, 'two runs');
  assert.equal(lines().sort(), ['+ e1', '+ other']);
  writeFileSync(gate, '');
  await until(() => lines().length === 6, 'all runs');
  const own = lines().filter(line => !line.endsWith('other'));
  assert.equal(own, ['+ e1', '- e1', '+ e3', '- e3']);
  await hook.close();
  assert.equal(said, ['--on-event sh: too slow: 1 times it was not run, as there was newer news']);
});

test('what goes wrong is said, once as long as it is the same, and nothing else happens', async () => {
  const { hook, said } = hooked('echo "no route to pager" >&2; exit 7');
  for (const target of ['a', 'b', 'c']) hook.take(event(`e-${target}`, 'closed', target));
  await hook.close();
  assert.equal(said, ['--on-event sh: ended with code 7: no route to pager']);
  const refused = async (program: string) => {
    const words: string[] = [];
    const about = () => ({ name: '', overBudget: false });
    const none = new EventHook([program], { about, say: text => words.push(text), env: {} });
    none.take(event('e1', 'closed'));
    await none.close();
    return words;
  };
  assert.equal(await refused('/no/such/program'), ['--on-event /no/such/program: there is no such program']);
  assert.equal(await refused('/'), ['--on-event /: this is no program that we may run']);
});

test('one that takes too long is ended with all that it started, and then the next one runs', async () => {
  const pids = join(folder, 'pids');
  const { hook, said } = hooked(
    `test "$MIGWATCH_ID" = e2 && exit; sleep 300 & echo $$ $! > ${pids}; wait`,
    300,
  );
  hook.take(event('e1', 'closed'));
  hook.take(event('e2', 'closed'));
  await until(() => said.length > 0, 'word that it was stopped');
  const [shell, sleeper] = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
  await until(() => !alive(shell!) && !alive(sleeper!), 'end of the processes');
  await hook.close();
  assert.equal(said, ['--on-event sh: stopped, since it took longer than 0.3 s']);
});

test('one that ignores SIGTERM is killed; one that leaves a child behind delays nothing', async () => {
  const pids = join(folder, 'deaf');
  const { hook, said } = hooked(`trap '' TERM; echo $$ > ${pids}; while :; do sleep 0.05; done`, 200);
  hook.take(event('e1', 'closed'));
  const quick = hooked('sleep 300 & echo $! >&2');
  quick.hook.take(event('e1', 'closed'));
  await quick.hook.close();
  const left = Number(/(\d+)$/.exec(quick.said[0] ?? '')?.[1]);
  assert.ok(alive(left), 'it may leave something behind');
  process.kill(left);
  await until(() => said.length > 0, 'word that it was stopped');
  await until(() => !alive(Number(readFileSync(pids, 'utf8'))), 'end of the deaf one');
});

test.run();
