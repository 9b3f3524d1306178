import { becomeNobody } from '../../../probes/privileged/privileges.js';
import { readCaptureFile } from '../../../probes/wire/read-file.js';
import type { WireSpec } from '../../../probes/wire/spec.js';
import type { StreamOptions } from '../../../probes/wire/streams.js';
import { WireTap } from '../../../probes/wire/tap.js';
import { captureCheck } from '../../../probes/wire/tcpdump.js';
import { safeJson } from '../../core/format/safe-json.js';
import { timeFormatOf } from '../../core/format/time-of-day.js';
import { utc } from '../../core/format/utc.js';
import { UsageError } from '../../core/validation/usage-error.js';
import { isInClear, type WireStream } from '../../core/wire/stream.js';
import { flowLine } from '../../output/flow-lines.js';
import { WIRE_HEADING, wireRows } from '../../output/wire-table.js';
import type { WirePlan } from '../../plan/read-wire-plan.js';
import type { Ending, SessionIo, SessionResult } from '../../session/io.js';
import { systemWords } from '../../system/error-text.js';
import { InputFile } from '../../system/input-file.js';
import { prefersAscii } from '../../system/terminal.js';
import { version } from '../../system/version.js';
import { ASCII, UNICODE } from '../../ui/style/glyphs.js';

/** On an interface, less than this is only shown if it is a migration or a copy of storage. */
const LEAST_LIVE_BYTES = 1_000_000;

/** Writes the streams of a capture, or of an interface until the end of the plan or a signal. */
export async function watchWire(plan: WirePlan, io: SessionIo): Promise<SessionResult> {
  const found = new Findings(plan, io);
  const { from } = plan;
  return from.kind === 'file'
    ? readFile(from.path, plan, found, io)
    : watchInterface(from.spec, plan, found, io);
}

function optionsOf({ canary, reveal, hosts }: WirePlan): StreamOptions {
  return {
    ...(canary && { canary }),
    reveal,
    ...(hosts.length > 0 && { hosts: new Set(hosts) }),
  };
}

function readFile(path: string, plan: WirePlan, found: Findings, io: SessionIo): SessionResult {
  const file = openCapture(path);
  sayRemark(becomeNobody(), io);
  found.begin();
  const { frames, remarks, error } = readCaptureFile(file, optionsOf(plan), stream => found.take(stream));
  file.close();
  found.end(`${frames} frames`);
  for (const remark of remarks) io.say(remark);
  if (error) throw new UsageError(`${path}: ${error.message}`, { cause: error });
  return { ending: 'done', failed: found.failed };
}

function openCapture(path: string): InputFile {
  try {
    return new InputFile(path);
  } catch (cause) {
    throw new UsageError(`cannot read ${path}: ${systemWords(cause as Error)}`, { cause });
  }
}

async function watchInterface(
  spec: WireSpec,
  plan: WirePlan,
  found: Findings,
  io: SessionIo,
): Promise<SessionResult> {
  const permission = captureCheck();
  if (!permission.allowed)
    throw new Error(
      `cannot capture: ${permission.reason}${permission.remedy ? `; ${permission.remedy}` : ''}`,
    );
  let failed: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  const hosts = [...new Set([...spec.hosts, ...plan.hosts])];
  const tap = new WireTap({ ...spec, hosts }, optionsOf(plan), {
    stream: stream => isWorthALine(stream) && found.take(stream),
    notice: text => io.say(text),
    ready: () => io.say(`capturing on ${spec.device}: ${version}`),
    ended: error => failed(new Error(`${spec.device}: ${error.message}`, { cause: error })),
  });
  sayRemark(becomeNobody(), io);
  found.begin();
  const ending = await Promise.race([failure, io.ended, after(plan.durationMs), outputGone(io)]);
  await tap.stop();
  found.end(`on ${spec.device}`);
  return { ending, failed: found.failed };
}

function isWorthALine({ migration, protocol, bytes }: WireStream): boolean {
  return migration !== 'no' || protocol === 'nbd' || bytes >= LEAST_LIVE_BYTES;
}

function sayRemark(remark: string | undefined, io: SessionIo): void {
  if (remark !== undefined) io.say(remark);
}

function after(durationMs: number | undefined): Promise<Ending> {
  return new Promise(done => {
    if (durationMs !== undefined) setTimeout(done, durationMs, 'done').unref();
  });
}

async function outputGone(io: SessionIo): Promise<Ending> {
  await io.output.failed;
  return 'done';
}

/** Writes streams as they are found: lines of JSON, or a table. */
class Findings {
  private count = 0;
  private migrations = 0;
  private inClear = 0;
  private readonly glyphs;
  private readonly time;

  constructor(
    private readonly plan: WirePlan,
    private readonly io: SessionIo,
  ) {
    this.glyphs = plan.ascii || prefersAscii(process.env) ? ASCII : UNICODE;
    this.time = timeFormatOf(plan.utc ? 'utc' : 'local', Date.now());
  }

  /** A migration in clear was found, and the user asked to fail then. */
  get failed(): boolean {
    return this.plan.failInClear && this.inClear > 0;
  }

  begin(): void {
    if (this.plan.json) this.write({ type: 'start', version, at: utc(Date.now()), targets: [] });
    else this.io.write(`${WIRE_HEADING}\n`);
  }

  take(stream: WireStream): void {
    this.count++;
    if (stream.migration !== 'no') this.migrations++;
    if (isInClear(stream)) this.inClear++;
    if (this.plan.json) this.write(flowLine(stream));
    else
      this.io.write(
        wireRows(stream, { time: this.time, glyphs: this.glyphs })
          .map(row => `${row}\n`)
          .join(''),
      );
  }

  end(where: string): void {
    const { count, migrations, inClear } = this;
    if (this.plan.json)
      this.write({ type: 'summary', at: utc(Date.now()), streams: count, migrations, inClear });
    else this.io.say(`${where}: streams ${count}; migrations ${migrations}, of which in clear ${inClear}`);
  }

  private write(line: object): void {
    this.io.write(`${safeJson(line)}\n`);
  }
}
