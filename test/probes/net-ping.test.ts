import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { netPing } from '../../probes/net-ping.js';
import { prepared, probed } from '../support/probed.js';

const netPinging = suite('net-ping');
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Checks a copy of the prober that finds only the packages named; raw-socket comes without its native part. */
async function checkedWith(packages: string[]) {
  const folder = mkdtempSync(path(tmpdir(), 'migwatch-net-ping-'));
  try {
    for (const part of ['probes', 'src', 'package.json'])
      cpSync(path(root, part === 'package.json' ? '' : 'dist', part), path(folder, part), {
        recursive: true,
      });
    mkdirSync(path(folder, 'node_modules'));
    if (packages.includes('net-ping'))
      cpSync(path(root, 'node_modules/net-ping'), path(folder, 'node_modules/net-ping'), { recursive: true });
    if (packages.includes('raw-socket'))
      cpSync(path(root, 'node_modules/raw-socket'), path(folder, 'node_modules/raw-socket'), {
        recursive: true,
        filter: source => !source.endsWith('/build'),
      });
    const { netPing: copy } = await import(path(folder, 'probes/net-ping.js'));
    return await copy.check(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

netPinging('where it is not installed, it says how to install it', async () => {
  const permission = await checkedWith([]);
  assert.is(permission.allowed, false);
  assert.match(permission.reason, /net-ping is not installed/);
  assert.is(permission.remedy, 'npm install --include=optional');
});

const installed = await import('net-ping').then(
  () => true,
  error => !/Cannot find package/.test(error.message),
);

if (installed)
  netPinging('where it is not built, it says how to build it', async () => {
    const permission = await checkedWith(['net-ping', 'raw-socket']);
    assert.is(permission.allowed, false);
    assert.match(permission.reason, /native part is not built/);
    assert.match(permission.remedy, /^npm rebuild raw-socket.* compiler/);
  });

for (const [family, address] of [
  [4, '127.0.0.1'],
  [6, '::1'],
] as const)
  netPinging(`over IPv${family} either pings loopback, or says why not and what helps`, async () => {
    const permission = await netPing.check(family);
    if (!permission.allowed) {
      assert.match(permission.remedy ?? '', /^(npm|sudo) /);
      return;
    }
    const { samples, failures } = await probed(netPing, {
      address,
      family,
      until: found => found.length >= 10,
    });
    assert.equal(failures, []);
    assert.ok(samples.length >= 10);
    samples.forEach(({ seq, outcome }, i) => {
      assert.is(seq, i);
      assert.ok(
        outcome.kind === 'reply' && outcome.rttMs > 0 && outcome.rttMs < 1000 && outcome.stamp === 'user',
      );
      assert.is(outcome.ttl, family === 4 ? 64 : undefined);
    });
  });

netPinging('an interface can not be chosen, and it says so', async () => {
  const { plan, ports } = prepared({ interface: 'lo' });
  const error = await netPing.open(plan, ports).catch(error => error);
  assert.match(error.message, /can't send from a chosen interface \("lo"\)/);
});

netPinging.run();
