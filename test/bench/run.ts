/** Prints the project's figures, each measured side by side with its peer in this run: `run.js [NAME…]`, as root. */
import type { Row } from './row.js';

const BENCHMARKS: Record<string, () => Promise<Row[]>> = {
  rtt: async () => (await import('./rtt.js')).rtt(),
  cpu: async () => (await import('./cpu.js')).cpu(),
  schedule: async () => (await import('./schedule.js')).schedule(),
  dashboard: async () => (await import('./dashboard.js')).dashboard(),
  day: async () => (await import('./day.js')).day(),
  frame: async () => (await import('./frame.js')).frame(),
  load: async () => (await import('./load.js')).load(),
  pane: async () => (await import('./pane.js')).paneDay(),
  outage: async () => (await import('./outage.js')).outage(),
  throughput: async () => (await import('./throughput.js')).throughput(),
  rejudge: async () => (await import('./rejudge.js')).rejudge(),
  churn: async () => (await import('./churn.js')).churn(),
  flood: async () => (await import('./flood.js')).flood(),
  hypervisors: async () => (await import('./hypervisors.js')).hypervisors(),
};

const asked = process.argv.slice(2);
const unknown = asked.find(name => !Object.hasOwn(BENCHMARKS, name));
if (unknown) {
  console.error(`no benchmark "${unknown}": choose among ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`measuring ${name} …`);
  rows.push(...(await measure()));
}

const width = (field: 'figure' | 'measured') => Math.max(...rows.map(row => row[field].length));
const [figure, measured] = [width('figure'), width('measured')];
for (const row of rows)
  console.log(
    `${row.ok ? 'ok  ' : 'MISS'} ${row.figure.padEnd(figure)}  ${row.measured.padEnd(measured)}  ${row.target}`,
  );
process.exit(rows.every(row => row.ok) ? 0 : 1);
