import { type Detector, type DetectorPlugin, savesState } from './detector.js';
import { examplesOf, OUTCOME_KINDS, type Outcome } from './outcomes.js';
import type { Sample } from './sample.js';
import { normal, seeded } from './statistics/random.js';
import { type OptionSpec, resolveOptions } from './validation/options.js';
import { plainCopy } from './validation/saved-state.js';
import type { Verdict } from './verdict.js';

const STATES = ['learning', 'calm', 'alarm'];

/**
 * Checks a user's module against the contract of a detector: its shape, its table of options, and a trial on synthetic
 * samples. Returns it as a plugin; throws an Error that names what was expected and what was found.
 */
export function checkDetector(candidate: unknown): DetectorPlugin {
  const plugin = record(candidate, 'a detector is an object, exported as default');
  expect(isName(plugin.name), '`name` must be lower-case words joined by "-"', plugin.name);
  expect(isText(plugin.summary), '`summary` must be one line of text', plugin.summary);
  expect(
    Array.isArray(plugin.reads) && plugin.reads.length > 0,
    '`reads` must list outcome kinds',
    plugin.reads,
  );
  for (const kind of plugin.reads as unknown[])
    expect(
      (OUTCOME_KINDS as readonly unknown[]).includes(kind),
      `\`reads\` accepts ${OUTCOME_KINDS.join(', ')}`,
      kind,
    );
  for (const [name, spec] of Object.entries(
    record(plugin.options, '`options` must be an object, {} for none'),
  ))
    checkOption(name, spec);
  expect(typeof plugin.create === 'function', '`create` must be a function', plugin.create);
  tryOut(candidate as DetectorPlugin);
  return candidate as DetectorPlugin;
}

function checkOption(name: string, candidate: unknown): void {
  const spec = record(candidate, `option "${name}" must be { default, unit, help, min, max }`);
  for (const field of ['default', 'min', 'max'])
    expect(
      typeof spec[field] === 'number' && !Number.isNaN(spec[field]),
      `option "${name}": \`${field}\` must be a number`,
      spec[field],
    );
  for (const field of ['unit', 'help'])
    expect(isText(spec[field]), `option "${name}": \`${field}\` must be one line of text`, spec[field]);
  const { default: value, min, max } = candidate as OptionSpec;
  expect(min <= value && value <= max, `option "${name}": the default must lie between min and max`, value);
}

/** Runs the detector with its defaults, twice over, so that state shared between instances shows. */
function tryOut(plugin: DetectorPlugin): void {
  const trial = trialSamples().filter(sample => plugin.reads.includes(sample.outcome.kind));
  const [one, other] = [0, 1].map(() => create(plugin)) as [Detector, Detector];
  for (const sample of trial) {
    const verdict = observe(one, sample);
    checkVerdict(verdict);
    const again = observe(other, sample);
    expect(
      again.state === verdict.state && again.score === verdict.score && again.why === verdict.why,
      'the same samples must give the same verdicts (no clock, no chance, nothing shared between instances)',
      again,
    );
  }
  if (savesState(one)) tryTakingOver(plugin, trial);
}

/** What it saves in the middle of the trial has to be all that it knows. */
function tryTakingOver(plugin: DetectorPlugin, trial: readonly Sample[]): void {
  const [one, other] = [create(plugin), create(plugin)];
  trial.forEach((sample, index) => {
    const verdict = observe(one, sample);
    if (index === trial.length >> 1) takeOver(one, other);
    if (index <= trial.length >> 1) return;
    const again = observe(other, sample);
    expect(
      again.state === verdict.state && again.score === verdict.score && again.why === verdict.why,
      'after `load` of what `save` returned, the verdicts must be the same',
      again,
    );
  });
}

function takeOver(one: Detector, other: Detector): void {
  try {
    other.load!(plainCopy(one.save!()));
  } catch (cause) {
    throw new Error(
      `\`load\` must take what \`save\` returned, as JSON has it: ${(cause as Error)?.message}`,
      {
        cause,
      },
    );
  }
}

function create(plugin: DetectorPlugin): Detector {
  const detector = plugin.create(resolveOptions(plugin.name, plugin.options));
  expect(typeof detector?.observe === 'function', '`create` must return an object with `observe`', detector);
  return detector;
}

function observe(detector: Detector, sample: Sample): Verdict {
  try {
    return detector.observe(sample);
  } catch (cause) {
    throw new Error(`\`observe\` threw on ${show(sample.outcome)}: ${(cause as Error)?.message}`, { cause });
  }
}

/** Throws unless the verdict is one that the rest of migwatch can rely on. */
export function checkVerdict(candidate: unknown): void {
  const verdict = record(candidate, '`observe` must return { state, score, threshold, why }');
  expect(
    STATES.includes(verdict.state as string),
    `\`state\` must be one of ${STATES.join(', ')}`,
    verdict.state,
  );
  for (const field of ['score', 'threshold'])
    expect(Number.isFinite(verdict[field]), `\`${field}\` must be a finite number`, verdict[field]);
  const { state, score, threshold, why } = candidate as Verdict;
  if (state === 'alarm') {
    expect(score > threshold, 'an alarm needs a score above the threshold', { score, threshold });
    expect(isText(why), 'an alarm needs a `why` in plain words', why);
    return;
  }
  expect(why === '', '`why` must be empty outside an alarm', why);
  if (state === 'calm')
    expect(score <= threshold, 'a score above the threshold must alarm', { score, threshold });
}

/** Quiet, losses, late replies, every kind of outcome, a new level, and values out of range. */
export function trialSamples(): Sample[] {
  const random = seeded(1);
  const reply = (level: number): Outcome => ({
    kind: 'reply',
    rttMs: level * Math.exp(0.15 * normal(random)),
  });
  const repeat = (count: number, make: (index: number) => Outcome[]) =>
    Array.from({ length: count }, (_, index) => make(index));
  const probes: Outcome[][] = [
    ...repeat(600, () => [reply(1)]),
    ...repeat(8, () => [
      { kind: 'overdue', waitedMs: 50 },
      { kind: 'lost', reason: 'timeout' },
    ]),
    ...repeat(8, index => [
      { kind: 'overdue', waitedMs: 50 },
      { kind: 'reply', rttMs: 400 - 50 * index },
    ]),
    [
      { kind: 'lost', reason: 'unreachable', from: '192.0.2.1' },
      { kind: 'reply', rttMs: 1500, late: true },
    ],
    OUTCOME_KINDS.flatMap(examplesOf),
    ...repeat(100, index => [{ kind: 'clock', offsetMs: index < 60 ? -7 : -50, rttMs: 1, via: 'icmp' }]),
    ...repeat(5, () => [{ kind: 'announce', via: 'rarp', mac: '52:54:00:12:34:56', gratuitous: true }]),
    ...repeat(300, () => [reply(40)]),
    ...[0, 1e-9, 1e12, -1, NaN, Infinity].flatMap((rttMs): Outcome[][] => [
      [{ kind: 'reply', rttMs }],
      [{ kind: 'clock', offsetMs: 1e15 * rttMs, rttMs, via: 'tcp' }],
    ]),
    ...repeat(60, () => [reply(1)]),
  ];
  return probes.flatMap((outcomes, seq) =>
    outcomes.map(outcome => ({
      at: seq * 50,
      knownAt: seq * 50 + 50,
      target: 'trial',
      probe: 'icmp',
      seq,
      outcome,
    })),
  );
}

function record(candidate: unknown, expected: string): Record<string, unknown> {
  expect(typeof candidate === 'object' && candidate !== null, expected, candidate);
  return candidate as Record<string, unknown>;
}

function expect(holds: boolean, expected: string, got: unknown): asserts holds {
  if (!holds) throw new Error(`not a detector: ${expected}; got ${show(got)}`);
}

/** Letters, digits and signs that can't steer a terminal, on one line. */
function isText(text: unknown): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= 300 && !/\p{C}/u.test(text);
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= 40 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
}

/** A value of an untrusted module, short and printable. */
function show(value: unknown): string {
  let text: string | undefined;
  try {
    text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    text = `something that can't be shown`;
  }
  return (text ?? 'nothing').replace(/\p{C}/gu, '?').slice(0, 80);
}
