/** A lab with both QEMUs alive and a link, which says what it owns and then waits to be killed. */
import { readlinkSync } from 'node:fs';
import { Lab } from '../../src/lab/lab.js';

const lab = await Lab.start({ link: {} });
await lab.migrate();
const hogged = lab.contend(60_000);
const namespaces = [lab.observer.pid, ...lab.pids].map(pid => readlinkSync(`/proc/${pid}/ns/net`));
console.log(JSON.stringify({ pids: lab.pids, namespaces }));
await hogged;
