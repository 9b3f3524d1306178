/**
 * Reads one clock in a process of its own, which may live in a namespace: `clock-drive.js http URL` or
 * `clock-drive.js ntp ADDRESS [MS]`. Writes samples and notices as JSON Lines; ends when stdin does.
 */
import { clock } from '../../probes/clock.js';
import { clockHttp } from '../../probes/clock-http.js';
import { clockOrigin } from '../../src/system/clock.js';

const [, , way, where = '', ms = '100'] = process.argv;
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
const http = way === 'http';
const target = { id: 'vm', address: http ? '-' : where, family: 4 as const, phaseMs: 0 };
const prober = await (http ? clockHttp : clock).open(
  {
    targets: [{ ...target, ...(http && { dateUrl: where }) }],
    ...{ intervalMs: 50, timeoutMs: 1000, origin: clockOrigin() },
    options: { icmp: 0, tcp: 0, ntp: http ? 0 : Number(ms) },
  },
  {
    emit: samples => samples.forEach(sample => void say({ sample })),
    notice: notice => say({ notice }),
    fail: error => say({ failed: error.message }),
  },
);
process.stdin.resume().on('end', () => void prober.stop().then(() => process.exit(0)));
