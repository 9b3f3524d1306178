import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { parseDuration } from '../core/format/duration.js';
import { unknownName } from '../core/format/nearest-name.js';
import { observerOf } from '../core/observer.js';
import type { TargetId } from '../core/sample.js';
import { asUsage, UsageError } from '../core/validation/usage-error.js';
import { anyStuntime, threeLostInARow } from '../evaluation/baselines.js';
import { score } from '../evaluation/score.js';
import { figuresTable, verdictTable } from '../evaluation/tables.js';
import type { TruthItem } from '../evaluation/truth.js';
import { openDestination } from '../output/destination.js';
import { FLAGS, type Flag, type FlagName, type FlagValues } from '../plan/flags.js';
import { parseTarget } from '../plan/targets.js';
import { ownName, recordingsFolder } from '../recording/folder.js';
import type { SessionIo } from '../session/io.js';
import { checkClaims, claimsTable } from './claims.js';
import { GUEST_ADDRESS } from './guest.js';
import { Lab } from './lab.js';
import { PingPeer } from './ping-peer.js';
import { type Made, play } from './play.js';
import { missing } from './requirements.js';
import { parseScenario, type Scenario, WORDS } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import { sleep } from './time.js';
import { describeOutput, Watcher, watchCommand, watchEnvironment } from './watcher.js';
import { SETTING_WORDS } from './words/setting-words.js';

/** The flags of a recording. Its truth is written next to it, for `migwatch analyze --truth`. */
const RECORDING: readonly FlagName[] = ['record', 'force'];
/** The flags that every watching migwatch gets. */
const PROBING: readonly FlagName[] = ['interval', 'timeout', 'backend', 'probe', 'witness'];
const SESSION: readonly FlagName[] = ['detector', ...RECORDING];
/** The flags that only the screen gets. */
const SCREEN: readonly FlagName[] = ['hold', 'color', 'ascii', 'theme', 'mouse', 'utc', 'scale'];
/** In the demonstration, a light must not outlast its event until the next one. */
const DEMO_HOLD = '10s';
/** Time until the last event is closed and the last loss is known. */
const SETTLE_MS = 3000;

/**
 * `migwatch lab [SCENARIO]`: migrates a real VM on this machine and watches it live on the dashboard. With `--headless`, it watches
 * until the scenario is over and then prints what happened next to what was detected. SCENARIO is a name, a file, or the steps themselves.
 */
export async function runLab(words: readonly string[], given: FlagValues, io: SessionIo): Promise<number> {
  const headless = given.headless === true || !process.stdout.isTTY;
  const usual = given.demo ? 'demo' : headless ? 'idle' : 'endless';
  const scenario = await asUsage(() =>
    parseScenario(given.demo ? demoText(words.join(' ')) : scenarioText(words, usual)),
  );
  const flags = withFile({ ...(given.demo && { hold: DEMO_HOLD }), ...given }, usual);
  const lacking = missing(scenario.lab);
  if (lacking.length > 0) throw new Error(['the lab cannot run here. Missing:', ...lacking].join('\n'));
  io.say('booting a VM; this takes a few seconds');
  const lab = await Lab.start({ ...scenario.lab, notice: io.say });
  try {
    return await (headless ? runHeadless(lab, scenario, flags, io) : runOnScreen(lab, scenario, flags, io));
  } finally {
    await lab.close();
  }
}

/** The demonstration, perhaps with settings of the lab before it, such as `hypervisors libvirt`. */
function demoText(settings: string): string {
  const others = settings.split(/[;\n]/).filter(part => !/^\s*$/.test(part) && !isSetting(part));
  if (others.length > 0)
    throw new UsageError(
      `--demo has its own steps: beside it, write only settings such as "hypervisors libvirt", not "${others[0]!.trim()}"`,
    );
  return `${settings}; ${SCENARIOS.demo!.text}`;
}

function isSetting(part: string): boolean {
  return Object.hasOwn(SETTING_WORDS, part.trim().split(/\s+/)[0]!);
}

function scenarioText(words: readonly string[], otherwise: string): string {
  const text = words.join(' ') || otherwise;
  if (Object.hasOwn(SCENARIOS, text)) return SCENARIOS[text]!.text;
  if (existsSync(text)) return readFileSync(text, 'utf8');
  if (/^[\w./-]+$/.test(text) && !Object.hasOwn(WORDS, text))
    throw new UsageError(
      `"${text}" is neither a file nor a step. ${unknownName('scenario', text, Object.keys(SCENARIOS)).message}`,
    );
  return text;
}

/** Names the recording if the user did not, so that the file of its truth can have the same name. */
function withFile(flags: FlagValues, scenario: string): FlagValues {
  if (flags.record === undefined) return flags;
  const record = (flags.record ||
    join(recordingsFolder(undefined), ownName(Date.now(), `lab-${scenario}`))) as string;
  const file = truthFile(record);
  if (existsSync(file) && flags.force !== true)
    throw new UsageError(`${file} exists: name another recording, or add --force to replace both`);
  return { ...flags, record };
}

async function runHeadless(lab: Lab, scenario: Scenario, flags: FlagValues, io: SessionIo): Promise<number> {
  const options = { probing: forwarded(flags, PROBING), session: forwarded(flags, SESSION) };
  const watcher = await Watcher.start(lab, scenario.lab, options);
  const intervalMs = parseDuration((flags.interval as string | undefined) ?? '50ms');
  const peer = PingPeer.start(lab, intervalMs);
  const startedAt = Date.now();
  let made: readonly Made[] = [];
  const scenarioDone = play(scenario.steps, lab, watcher.tell).then(async claims => {
    made = claims;
    await sleep(SETTLE_MS);
    return 'done' as const;
  });
  const ending = await Promise.race([scenarioDone, io.ended, watcher.died]);
  const watchedMs = Date.now() - startedAt;
  await Promise.all([watcher.stop(), peer.stop()]);
  const conditions = {
    targets: lab.targets.map(text => parseTarget(text).id),
    intervalMs,
    watchedMs,
  };
  const { detections, samples, targets, playback } = watcher.reader;
  const all = score(lab.truth, detections, { ...conditions, targets: [...targets] });
  const ours = score(lab.truth, detections.filter(isOurs), conditions);
  const baseline = score(lab.truth, threeLostInARow(samples.filter(isOurs)), conditions);
  const peers = score(lab.truth, anyStuntime(peer.samples), { ...conditions, targets: [GUEST_ADDRESS] });
  const lines = [
    ...verdictTable(all),
    '',
    ...(made.length > 0 ? [...claimsTable(checkClaims(made, all, playback)), ''] : []),
    ...figuresTable({ migwatch: ours, 'three lost in a row': baseline, 'ping -D -O, stuntime': peers }),
  ];
  if (typeof flags.record === 'string') await writeTruth(flags.record, lab.truth);
  io.write(`${lines.join('\n')}\n`);
  return ending === 'done' ? 0 : 128 + constants.signals[ending];
}

function isOurs({ target }: { target: TargetId }): boolean {
  return observerOf(target) === '';
}

function truthFile(recording: string): string {
  return `${recording.replace(/\.jsonl$/, '')}.truth.json`;
}

/** Replaces an existing file: `withFile` has checked for `--force`. */
function writeTruth(recording: string, truth: readonly TruthItem[]): Promise<void> {
  const document = { scenario: basename(recording, '.jsonl'), truth };
  return openDestination(truthFile(recording), true).fill(write =>
    write(`${JSON.stringify(document, null, 1)}\n`),
  );
}

async function runOnScreen(lab: Lab, scenario: Scenario, flags: FlagValues, io: SessionIo): Promise<number> {
  const options = { probing: forwarded(flags, PROBING), session: forwarded(flags, [...SESSION, ...SCREEN]) };
  const screen = lab.observer.spawn(watchCommand(lab, scenario.lab, options), {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: watchEnvironment(),
  });
  const closed = once(screen, 'close');
  void io.ended.then(() => screen.kill('SIGTERM'));
  let failure: Error | undefined;
  play(scenario.steps, lab, describeOutput(screen)).catch((error: Error) => {
    failure ??= error;
    screen.kill('SIGTERM');
  });
  const [code] = await closed;
  if (typeof flags.record === 'string') await writeTruth(flags.record, lab.truth);
  if (failure) throw failure;
  return code ?? 1;
}

/** The given flags among `names`, as words of a command line. */
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
