import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { parseDuration } from '../core/duration.js';
import { score } from '../core/score.js';
import { anyStuntime, threeLostInARow } from '../core/three-lost.js';
import type { TruthItem } from '../core/truth.js';
import { FLAGS, type Flag, type FlagName, type FlagValues } from '../flags.js';
import type { SessionIo } from '../main.js';
import { parseTarget } from '../targets.js';
import { asUsage, UsageError } from '../usage-error.js';
import { GUEST_ADDRESS } from './guest.js';
import { Lab } from './lab.js';
import { PingPeer } from './ping-peer.js';
import { play } from './play.js';
import { figuresTable, verdictTable } from './report.js';
import { missing } from './requirements.js';
import { parseScenario, type Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import { sleep } from './time.js';
import { Watcher, watchCommand } from './watcher.js';

/** A recording gets its truth beside it, for `migwatch analyze --truth`. */
const RECORDING: readonly FlagName[] = ['record', 'force'];
/** What the watching migwatch is given of our own flags. */
const FORWARDED: readonly FlagName[] = ['interval', 'timeout', 'backend', 'probe', 'witness', 'detector'];
/** And what is for the screen alone. */
const SCREEN: readonly FlagName[] = ['hold', 'color', 'ascii'];
/** The last event is closed, and the last loss is known. */
const SETTLE_MS = 3000;

/**
 * `migwatch lab [SCENARIO]`: a real VM that migrates here, watched live on the dashboard, or with `--headless` until the
 * scenario is over, and then what happened beside what was said. SCENARIO is a name, a file, or the steps themselves.
 */
export async function runLab(words: readonly string[], flags: FlagValues, io: SessionIo): Promise<number> {
  const headless = flags.headless === true || !process.stdout.isTTY;
  const scenario = await asUsage(() => parseScenario(scenarioText(words, headless ? 'idle' : 'demo')));
  const lacking = missing();
  if (lacking.length > 0) throw new Error(['the lab cannot run here. Missing:', ...lacking].join('\n'));
  io.say('booting a VM; this takes a few seconds');
  const lab = await Lab.start({ ...scenario.lab, notice: io.say });
  try {
    return await (headless ? runHeadless(lab, scenario, flags, io) : runOnScreen(lab, scenario, flags, io));
  } finally {
    await lab.close();
  }
}

function scenarioText(words: readonly string[], otherwise: string): string {
  const text = words.join(' ') || otherwise;
  if (Object.hasOwn(SCENARIOS, text)) return SCENARIOS[text]!.text;
  if (existsSync(text)) return readFileSync(text, 'utf8');
  if (/^[\w./-]+$/.test(text) && text !== 'migrate' && text !== 'reboot')
    throw new UsageError(
      `"${text}" is neither a file nor a scenario. Known: ${Object.keys(SCENARIOS).join(', ')}`,
    );
  return text;
}

async function runHeadless(lab: Lab, { steps }: Scenario, flags: FlagValues, io: SessionIo): Promise<number> {
  const watcher = await Watcher.start(lab, forwarded(flags, [...FORWARDED, ...RECORDING]));
  const intervalMs = parseDuration((flags.interval as string | undefined) ?? '50ms');
  const peer = PingPeer.start(lab, intervalMs);
  const began = Date.now();
  const played = play(steps, lab).then(async () => {
    await sleep(SETTLE_MS);
    return 'done' as const;
  });
  const ending = await Promise.race([played, io.ended, watcher.died]);
  const watchedMs = Date.now() - began;
  await Promise.all([watcher.stop(), peer.stop()]);
  const conditions = {
    targets: lab.targets.map(text => parseTarget(text).id),
    intervalMs,
    watchedMs,
  };
  const { detections, samples } = watcher.reader;
  const ours = score(lab.truth, detections, conditions);
  const baseline = score(lab.truth, threeLostInARow(samples), conditions);
  const peers = score(lab.truth, anyStuntime(peer.samples), { ...conditions, targets: [GUEST_ADDRESS] });
  const lines = [
    ...verdictTable(ours),
    '',
    ...figuresTable({ migwatch: ours, 'three lost in a row': baseline, 'ping -D -O, stuntime': peers }),
  ];
  if (typeof flags.record === 'string') writeTruth(flags.record, lab.truth);
  io.write(`${lines.join('\n')}\n`);
  return ending === 'done' ? 0 : 128 + constants.signals[ending];
}

function writeTruth(recording: string, truth: readonly TruthItem[]): void {
  const file = `${recording.replace(/\.jsonl$/, '')}.truth.json`;
  writeFileSync(file, `${JSON.stringify({ scenario: basename(recording, '.jsonl'), truth }, null, 1)}\n`);
}

async function runOnScreen(lab: Lab, { steps }: Scenario, flags: FlagValues, io: SessionIo): Promise<number> {
  const screen = lab.observer.spawn(watchCommand(lab, forwarded(flags, [...FORWARDED, ...SCREEN])), {
    stdio: 'inherit',
  });
  const closed = once(screen, 'close');
  void io.ended.then(() => screen.kill('SIGTERM'));
  let trouble: Error | undefined;
  play(steps, lab).catch((error: Error) => {
    trouble ??= error;
    screen.kill('SIGTERM');
  });
  const [code] = await closed;
  if (trouble) throw trouble;
  return code ?? 1;
}

/** The flags among `names` that were given, as words of a command line again. */
function forwarded(flags: FlagValues, names: readonly FlagName[]): string[] {
  return (FLAGS as readonly Flag[])
    .filter(({ name }) => names.includes(name as FlagName))
    .flatMap(({ name }) => {
      const value = flags[name as FlagName];
      if (value === undefined) return [];
      if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
      if (name === 'record') return [`--record=${value}`];
      return [value].flat().flatMap(text => [`--${name}`, text]);
    });
}
