/** Every reader of the recordings that ship shows the same events. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('recordings that ship');
const folder = fileURLToPath(new URL('../../../recordings', import.meta.url));
const shipped = readdirSync(folder).filter(name => name.endsWith('.jsonl'));
const run = sharedProgram();

interface Shown {
  id: string;
  kind: string;
  startedAt: string;
}

const shown = ({ id, kind, startedAt }: Shown): Shown => ({ id, kind, startedAt });
const inOrder = (events: Iterable<Shown>) =>
  [...events].map(shown).sort((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));

/** The last line of each event stands. */
async function replayed(path: string, options: readonly string[]): Promise<Shown[]> {
  const { stdout } = await run(['replay', path, '--headless', ...options]);
  const lines = stdout.split('\n').filter(line => line.startsWith('{"type":"event"'));
  return inOrder(new Map(lines.map(line => JSON.parse(line)).map(event => [event.id, event])).values());
}

async function analysed(path: string, options: readonly string[]) {
  const { stdout } = await run(['analyze', path, '--json', ...options]);
  const [judged] = JSON.parse(stdout).recordings[0].judged;
  return {
    events: inOrder(judged.events),
    detectors: judged.detectors.map(({ name }: { name: string }) => name),
  };
}

for (const name of shipped)
  test(`replay and analyze show the same events of ${name}, by today's detectors and by its own`, async () => {
    const path = join(folder, name);
    for (const options of [[], ['--as-recorded']]) {
      const { events } = await analysed(path, options);
      assert.equal(await replayed(path, options), events, options.join(' '));
    }
  });

test('the detectors of today judge unless those of the recording are asked for, and a line says which did', async () => {
  const path = join(folder, 'wan-idle.jsonl');
  const [today, own] = [await analysed(path, []), await analysed(path, ['--as-recorded'])];
  assert.ok(today.detectors.length > own.detectors.length);
  assert.is(today.events.filter(({ kind }) => kind === 'migration').length, 6);
  const { stdout } = await run(['analyze', path]);
  assert.match(
    stdout,
    /^judged by today's detectors: .*clock-step.*; --as-recorded judges with those of the recording$/m,
  );
  const { stderr } = await run(['replay', path, '--headless', '--as-recorded']);
  assert.match(stderr, /judged by the recording's own detectors: threshold, z-score/);
  const page = await run(['report', path, '--svg']);
  // The picture breaks its lines where they are full.
  const text = page.stdout.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  assert.match(text, /Judged by today&#39;s detectors: .*clock-step/);
});

test.run();
