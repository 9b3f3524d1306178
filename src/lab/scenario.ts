import { parseDuration } from '../core/format/duration.js';
import { unknownName } from '../core/format/nearest-name.js';
import type { Millis } from '../core/sample.js';
import type { LabOptions } from './lab.js';
import { CLEAN, type LinkSettings } from './link-settings.js';
import type { Claim } from './narrator.js';
import { NEIGHBOUR_HOSTS } from './topology.js';

/** One thing to do to the lab. */
export type Step =
  | { do: 'wait' | 'pause' | 'contend' | 'ghost'; ms: Millis }
  | { do: 'migrate'; holdMs: Millis }
  | { do: 'reboot' }
  | { do: 'cut'; what: 'target' | 'shared'; ms: Millis }
  | { do: 'link'; settings: Partial<LinkSettings> }
  | { do: 'say'; text: string }
  | ({ do: 'expect' } & Claim);

/** What the lab must be, and what is done to it, repetitions written out. */
export interface Scenario {
  lab: LabOptions;
  steps: readonly Step[];
}

interface Draft {
  lab: LabOptions;
  /** Where steps go: the innermost open `repeat` is last. */
  blocks: { times: number; steps: Step[]; line: number }[];
}

interface Word {
  usage: string;
  summary: string;
  read(words: readonly string[], draft: Draft, line: number): void;
}

const MAX_STEPS = 100_000;
const EXPECTED: readonly Claim['kind'][] = ['migration', 'pause', 'reboot', 'outage'];

/** The language: what each line may begin with. Throws, as all below it, a RangeError that says what was expected. */
export const WORDS: Readonly<Record<string, Word>> = {
  wait: timed('wait', 'do nothing'),
  migrate: {
    usage: 'migrate [hold=TIME]',
    summary: 'move the VM to the other hypervisor, its blackout lengthened by hold',
    read: (words, draft) => {
      const { holdMs = 0 } = readPairs(words, { hold: text => ({ holdMs: parseDuration(text) }) });
      add(draft, { do: 'migrate', holdMs });
    },
  },
  pause: timed('pause', 'stop the VM where it is, as a snapshot does'),
  reboot: {
    usage: 'reboot',
    summary: 'press the reset button and wait until the VM is up',
    read: (words, draft) => {
      if (words.length > 0) throw new RangeError(`nothing after it, not "${words[0]}"`);
      add(draft, { do: 'reboot' });
    },
  },
  cut: {
    usage: 'cut target|shared TIME',
    summary: "cut the VM's own port, or the trunk that all share",
    read: ([what, ...time], draft) => {
      if (what !== 'target' && what !== 'shared')
        throw new RangeError(`target or shared, not "${what ?? ''}"`);
      add(draft, { do: 'cut', what, ms: readTime(time) });
    },
  },
  contend: timed('contend', 'keep every CPU of this machine busy'),
  ghost: timed('ghost', 'thaw the copy that a migration left behind, beside the VM'),
  link: {
    usage: 'link [delay=TIME] [jitter=TIME] [tail=PERCENT%:TIME] [loss=PERCENT%]',
    summary:
      'change the path between observer and hosts: one-way delay, mean extra delay, slow packets, loss',
    read: (words, draft) => {
      draft.lab.link ??= CLEAN;
      add(draft, { do: 'link', settings: readPairs(words, LINK) });
    },
  },
  guest: {
    usage: 'guest [dirty=MB] [accel=tcg|kvm]',
    summary: 'how the VM is made: memory that it rewrites a second, and how it runs',
    read: (words, draft) => void Object.assign(draft.lab, readPairs(words, GUEST)),
  },
  viewer: {
    usage: 'viewer [buffer=TIME]',
    summary: 'the VM serves a stream, and a viewer with such a buffer plays it (10s)',
    read: (words, draft) => {
      draft.lab.viewer = { bufferMs: 10_000, ...readPairs(words, VIEWER) };
    },
  },
  observe: {
    usage: 'observe hypervisor',
    summary: 'watch from the hypervisor where the VM boots as well',
    read: (words, draft) => {
      if (words.join(' ') !== 'hypervisor') throw new RangeError(`hypervisor, not "${words.join(' ')}"`);
      draft.lab.insider = true;
    },
  },
  hosts: {
    usage: 'hosts N',
    summary: 'watch so many of the hosts beside the VM, all by default',
    read: ([count, ...rest], draft) => {
      const hosts = Number(count);
      if (rest.length > 0 || !/^\d$/.test(count ?? '') || hosts > NEIGHBOUR_HOSTS.length)
        throw new RangeError(
          `a whole number from 0 to ${NEIGHBOUR_HOSTS.length}, not "${[count, ...rest].join(' ')}"`,
        );
      draft.lab.hosts = hosts;
    },
  },
  say: {
    usage: 'say TEXT',
    summary: 'tell those who look on what is going on',
    read: (words, draft) => {
      if (words.length === 0) throw new RangeError('a text');
      add(draft, { do: 'say', text: words.join(' ') });
    },
  },
  expect: {
    usage: `expect ${EXPECTED.join('|')} plays|stalls`,
    summary: 'claim what the last step looks like from outside, and what the viewer does meanwhile',
    read: ([kind, viewer, ...rest], draft) => {
      if (!EXPECTED.includes(kind as Claim['kind']))
        throw new RangeError(`${EXPECTED.join(' or ')}, not "${kind ?? ''}"`);
      if ((viewer !== 'plays' && viewer !== 'stalls') || rest.length > 0)
        throw new RangeError(`plays or stalls, not "${[viewer, ...rest].join(' ')}"`);
      add(draft, { do: 'expect', kind: kind as Claim['kind'], viewer });
    },
  },
  repeat: {
    usage: 'repeat N … end',
    summary: 'do what lies between so many times',
    read: ([count, ...rest], draft, line) => {
      const times = Number(count);
      if (rest.length > 0 || !Number.isInteger(times) || times < 1)
        throw new RangeError(`a whole number from 1, not "${[count, ...rest].join(' ')}"`);
      draft.blocks.push({ times, steps: [], line });
    },
  },
  end: {
    usage: 'end',
    summary: 'close the last repeat',
    read: (words, draft) => {
      if (words.length > 0 || draft.blocks.length === 1)
        throw new RangeError('a repeat above it, and nothing after it');
      const { times, steps } = draft.blocks.pop()!;
      if (times * steps.length > MAX_STEPS) throw new RangeError(`at most ${MAX_STEPS} steps in all`);
      for (let n = 0; n < times; n++) for (const step of steps) add(draft, step);
    },
  },
};

const LINK: Readers<LinkSettings> = {
  delay: text => ({ delayMs: parseDuration(text) }),
  jitter: text => ({ jitterMs: parseDuration(text) }),
  tail: text => {
    const [share, time = ''] = text.split(':');
    return { tailPercent: readPercent(share!), tailMs: parseDuration(time) };
  },
  loss: text => ({ lossPercent: readPercent(text) }),
};

const VIEWER: Readers<{ bufferMs: Millis }> = { buffer: text => ({ bufferMs: parseDuration(text) }) };

const GUEST: Readers<LabOptions> = {
  dirty: text => {
    const dirty = Number(text);
    if (!Number.isInteger(dirty) || dirty < 0 || dirty > 1000)
      throw new RangeError(`whole MB from 0 to 1000, not "${text}"`);
    return { dirty };
  },
  accel: text => {
    if (text !== 'tcg' && text !== 'kvm') throw new RangeError(`tcg or kvm, not "${text}"`);
    return { accel: text };
  },
};

/** Reads a scenario: one step a line, or several with `;` between; `#` begins a comment. Throws with the line's number. */
export function parseScenario(text: string): Scenario {
  const draft: Draft = { lab: {}, blocks: [{ times: 1, steps: [], line: 0 }] };
  text.split('\n').forEach((whole, index) => {
    for (const part of whole.replace(/#.*/, '').split(';')) readPart(part.trim(), draft, index + 1);
  });
  const { steps, line } = draft.blocks.at(-1)!;
  if (draft.blocks.length > 1) throw new RangeError(`line ${line}: this repeat has no end`);
  if (steps.length === 0)
    throw new RangeError('the scenario has no step: write one a line, such as "migrate"');
  return { lab: draft.lab, steps };
}

function readPart(part: string, draft: Draft, line: number): void {
  if (part === '') return;
  const [name = '', ...words] = part.split(/\s+/);
  if (!Object.hasOwn(WORDS, name))
    throw new RangeError(`line ${line}: ${unknownName('step', name, Object.keys(WORDS)).message}`);
  const word = WORDS[name]!;
  try {
    word.read(words, draft, line);
  } catch (cause) {
    throw new RangeError(`line ${line}: write ${word.usage}; expected ${(cause as Error).message}`, {
      cause,
    });
  }
}

function timed(name: 'wait' | 'pause' | 'contend' | 'ghost', summary: string): Word {
  return {
    usage: `${name} TIME`,
    summary,
    read: (words, draft) => add(draft, { do: name, ms: readTime(words) }),
  };
}

function add(draft: Draft, step: Step): void {
  draft.blocks.at(-1)!.steps.push(step);
}

type Readers<Result> = Readonly<Record<string, (text: string) => Partial<Result>>>;

function readPairs<Result>(words: readonly string[], readers: Readers<Result>): Partial<Result> {
  const known = Object.keys(readers);
  const parts = words.map(word => {
    const [key = '', value, extra] = word.split('=');
    if (!value || extra !== undefined || !Object.hasOwn(readers, key))
      throw new RangeError(`${known.map(name => `${name}=…`).join(' or ')}, not "${word}"`);
    return readers[key]!(value);
  });
  return Object.assign({}, ...parts);
}

function readTime(words: readonly string[]): Millis {
  if (words.length !== 1) throw new RangeError(`one duration such as 400ms, not "${words.join(' ')}"`);
  return parseDuration(words[0]!);
}

function readPercent(text: string): number {
  const percent = Number(text.match(/^([\d.]+)%$/)?.[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw new RangeError(`a percentage such as 0.3%, not "${text}"`);
}
