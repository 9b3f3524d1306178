import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceChoice } from '../../../probes/guest/index.js';
import { lookAgain } from '../../../probes/guest/source.js';
import { safeJson } from '../../core/format/safe-json.js';
import { utc } from '../../core/format/utc.js';
import { GuestAccount } from '../../core/guest/account.js';
import { type Finding, wordsOf } from '../../core/guest/finding.js';
import { type Millis, toMicros } from '../../core/sample.js';
import type { SessionIo, SessionResult } from '../../session/io.js';
import { clockOrigin, now } from '../../system/clock.js';
import { version } from '../../system/version.js';

/** What `migwatch guest` does, checked. */
export interface GuestPlan {
  sources: readonly SourceChoice[];
  durationMs: Millis | undefined;
}

/** Looks at this VM until the end of the plan or a signal, and writes what was found as JSON Lines. */
export async function watchGuest({ sources, durationMs }: GuestPlan, io: SessionIo): Promise<SessionResult> {
  const origin = clockOrigin();
  const write = (line: object) => io.output.accepts('normal') && io.output.write(`${safeJson(line)}\n`);
  const used = sources.filter(choice => isReadable(choice, io.say));
  if (used.length === 0) throw new Error('nothing can be read here: name a source with --source');
  const account = new GuestAccount(used.some(({ source }) => source.announces));
  const ending = new AbortController();

  const report = (source: string, found: Finding) => {
    const at = toMicros(now(origin));
    write({ type: 'guest', at: utc(at), source, ...found, summary: wordsOf(found) });
    const judged = account.take(at, found);
    if (!judged) return;
    write({ type: 'guest', at: utc(at), source, finding: 'verdict', ...judged });
  };

  const names = used.map(({ source }) => source.name);
  write({ type: 'start', version, at: utc(now(origin)), targets: [], sources: names });
  write({
    ...{ type: 'guest', at: utc(now(origin)), source: 'guest', finding: 'watching' },
    summary: `watching ${names.join(', ')}`,
  });
  const looking = used.map(({ source, where }) =>
    lookAgain(
      source.create(where),
      {
        report: found => report(source.name, found),
        trouble: why => io.say(`${source.name}: ${why}; trying again`),
      },
      ending.signal,
    ),
  );
  const over = durationMs === undefined ? new Promise<never>(() => {}) : timer(durationMs, ending.signal);
  const gone = io.output.failed.then(() => 'done' as const);
  const result = await Promise.race([io.ended, over, gone]);
  ending.abort();
  await Promise.all(looking);
  return { ending: result, failed: false };
}

async function timer(ms: Millis, signal: AbortSignal): Promise<'done'> {
  await sleep(ms, undefined, { signal }).catch(() => {});
  return 'done';
}

/** Says why a source that the user named can't be read; what others lack is not worth a message. */
function isReadable({ source, where, named }: SourceChoice, say: (text: string) => void): boolean {
  try {
    source.check(where);
    return true;
  } catch (error) {
    if (named) say(`${source.name} can't be read from ${where}: ${(error as Error).message}`);
    return false;
  }
}
