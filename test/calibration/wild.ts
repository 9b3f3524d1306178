/**
 * Plays every situation that the judge has to tell apart on the lab's real VM, and scores it: `wild.js FOLDER [CAUSE…]
 * [--seed N] [--runs N] [--score]`, as root, for more than an hour; with `--runs 1`, one run of each cause, for half an
 * hour. Recordings that the folder has already are not made again. The parameters follow from the seed, so a new seed
 * gives what nothing was tuned on. `--score` only scores the folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scoreFolder } from './wild-score.js';
import { CAUSE_NAMES, type Run, runsOf } from './wild-set.js';

const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
/** The lab's own judgement at that time is in the recording. */
const QUIET = ['ignore', 'ignore', 'inherit'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '4' },
    score: { type: 'boolean', default: false },
  },
});
const [folder, ...asked] = positionals;
// A folder may have recordings of other names, which were made by hand.
const unknown = values.score ? undefined : asked.find(name => !CAUSE_NAMES.includes(name));
if (!folder || unknown) {
  console.error(
    `usage: wild.js FOLDER [CAUSE…] [--seed N] [--runs N] [--score]; causes: ${CAUSE_NAMES.join(', ')}`,
  );
  process.exit(2);
}
const wanted = asked.length > 0 ? asked : CAUSE_NAMES;

mkdirSync(folder, { recursive: true });
if (!values.score)
  for (const run of wanted.flatMap(name => runsOf(name, Number(values.seed)).slice(0, Number(values.runs))))
    play(run, folder);
const recordings = readdirSync(folder)
  .filter(
    name => name.endsWith('.jsonl') && existsSync(join(folder, name.replace(/\.jsonl$/, '.truth.json'))),
  )
  .filter(name => asked.length === 0 || asked.some(cause => name.replace(/(-\d+)+\.jsonl$/, '') === cause))
  .sort();
console.log((await scoreFolder(recordings.map(name => join(folder, name)))).join('\n'));

function play({ name, steps, flags }: Run, into: string): void {
  const path = join(into, `${name}.jsonl`);
  if (existsSync(path.replace(/\.jsonl$/, '.truth.json'))) return;
  console.error(`${name}: ${steps}`);
  const command = [CLI, 'lab', '--headless', steps, `--record=${path}`, '--force', ...flags];
  const { status } = spawnSync(process.execPath, command, { stdio: [...QUIET] });
  if (status !== 0) console.error(`${name}: the lab failed with ${status}`);
}
