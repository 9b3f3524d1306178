/** The demonstration, shortened, on a real VM: what it says of the hypervisor is what the hypervisor did. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { CLI } from '../support/headless.js';
import { Lateness } from '../support/lateness.js';
import { needing } from '../support/needs.js';
import { exitOf } from '../support/run.js';

const test = suite('demonstration');
const real = needing(test, { lab: true });
const folder = mkdtempSync(join(tmpdir(), 'migwatch-demo-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A player of 3 s runs dry in a blackout of 5 s, and in none of an idle VM. */
const WALK = `viewer buffer=3s; observe hypervisor; hosts 0; wait 9s
  say It moves.
  migrate; expect migration plays; wait 4s
  migrate hold=5s; expect migration stalls; wait 4s`;

/** A turn that is so late lets an emulated guest stand still for several times as long as an idle VM's migration. */
const BUSY_MS = 100;

const notesOf = (path: string): { at: number; text: string }[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('["note",'))
    .map(line => JSON.parse(line)[1]);

real(
  'two migrations, a viewer and two observers: every claim holds, and the words are the truth',
  async () => {
    const recording = join(folder, 'walk.jsonl');
    const command = [process.execPath, CLI, 'lab', WALK, '--headless', `--record=${recording}`];
    const lateness = new Lateness();
    const { code, stdout: text, stderr } = await exitOf(command);
    lateness.stop();
    assert.is(code, 0, stderr);
    const claims = text.match(/^expected: .*$/gm) ?? [];
    assert.is(claims.length, 2, text);
    const [plays, stalls] = claims as [string, string];
    const red = /10\.77\.0\.10: red migration, 10\.77\.0\.10@hypervisor-A: red migration/;
    // An emulated guest that gets no turns neither sends a picture nor answers: nothing is claimed of such a machine.
    if (lateness.worstMs < BUSY_MS) {
      assert.match(plays, new RegExp(` holds +${red.source}; the viewer had \\d`), text);
      assert.match(stalls, new RegExp(` holds +${red.source}; the viewer stalled for \\d`), text);
    } else console.log(`the claims are not checked: this machine was ${lateness.worstMs.toFixed(0)} ms late`);

    const truth = readTruth(join(folder, 'walk.truth.json'));
    const notes = notesOf(recording);
    assert.ok(notes.some(note => note.text === 'It moves.'));
    const words = notes.filter(note => note.text.startsWith('hypervisor: STOP '));
    assert.is(words.length, truth.length);
    for (const [index, { stop, resume }] of truth.entries()) {
      const [, at, length, unit] = /STOP (\S+) UTC, RESUME \+([\d.]+) (m?s)/.exec(words[index]!.text)!;
      assert.is(at, new Date(stop! * 1000).toISOString().slice(11, 23));
      const told = Number(length) / (unit === 's' ? 1 : 1000);
      assert.ok(Math.abs(told - (resume! - stop!)) <= (unit === 's' ? 0.006 : 0.0006), words[index]!.text);
      // Told when it was over, and not before.
      assert.ok(words[index]!.at >= resume! * 1000 - 5, `${words[index]!.at} ${resume}`);
    }
  },
);

test.run();
