/** Serves QMP on sockets FOLDER/N.qmp, `qmp-crowd.js FOLDER COUNT`: the lines `move` and `rest` begin and end a migration of all. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GREETING, IDLE } from '../support/fake-qmp.js';

const [folder, count] = [process.argv[2]!, Number(process.argv[3])];
const MEMORY = 8 * 2 ** 30;
const PAGE = 4096;
let movingSince: number | undefined;
const writers = new Set<(line: object) => void>();

/** What QEMU 7.2 answers while it migrates. */
function answer(): object {
  if (movingSince === undefined) return {};
  const ms = Date.now() - movingSince;
  const sent = Math.min(MEMORY - PAGE, ms * 110_000);
  return {
    ...{ status: 'active', 'total-time': ms, 'setup-time': 5, 'expected-downtime': 300 },
    ram: {
      ...{ total: MEMORY, remaining: MEMORY - sent, transferred: sent, mbps: 880.25, 'page-size': PAGE },
      ...{ 'dirty-sync-count': 1 + Math.floor(ms / 5000), 'dirty-pages-rate': 4120, 'normal-bytes': sent },
      ...{ normal: sent / PAGE, duplicate: 12_345, skipped: 0, 'precopy-bytes': sent, 'downtime-bytes': 0 },
      ...{ 'postcopy-bytes': 0, 'multifd-bytes': 0, 'pages-per-second': 32_000, 'postcopy-requests': 0 },
    },
  };
}

for (let number = 0; number < count; number++)
  createServer(peer => {
    const write = (line: object) => void peer.write(`${JSON.stringify(line)}\n`);
    writers.add(write);
    peer.on('error', () => {}).on('close', () => writers.delete(write));
    write(GREETING);
    createInterface(peer)
      .on('error', () => {})
      .on('line', line => {
        const { execute, id } = JSON.parse(line);
        const named = execute === 'query-name' ? { name: `vm${number}` } : IDLE[execute];
        write({ return: execute === 'query-migrate' ? answer() : named, id });
      });
  }).listen(join(folder, `${number}.qmp`));

createInterface(process.stdin)
  .on('line', line => {
    movingSince = line === 'move' ? Date.now() : undefined;
    const [seconds, microseconds] = [Math.floor(Date.now() / 1000), 0];
    for (const write of writers)
      write({
        event: 'MIGRATION',
        data: { status: line === 'move' ? 'setup' : 'cancelled' },
        timestamp: { seconds, microseconds },
      });
  })
  .on('close', () => process.exit());
console.log('ready');
