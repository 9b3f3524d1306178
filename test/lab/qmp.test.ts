import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Qmp } from '../../src/lab/qmp.js';
import { needing } from '../support/needs.js';

const test = suite('qmp');
const here = needing(test, { commands: ['qemu-system-x86_64'] });

/** A real QEMU with an empty machine, which starts in no time. */
async function withQemu(body: (qmp: Qmp, end: () => void) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qmp-'));
  const socket = join(folder, 'q');
  const args = [
    '-machine',
    'none',
    '-nodefaults',
    '-display',
    'none',
    '-qmp',
    `unix:${socket},server=on,wait=off`,
  ];
  const qemu = spawn('qemu-system-x86_64', args, { stdio: 'ignore' });
  try {
    const qmp = await Qmp.connect(socket, () => qemu.exitCode === null);
    await body(qmp, () => qemu.kill('SIGKILL'));
    qmp.close();
  } finally {
    qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

here('events carry the time of the wall clock', () =>
  withQemu(async qmp => {
    const before = Date.now() / 1000;
    const [stop, resume] = [qmp.next('STOP'), qmp.next('RESUME')];
    await qmp.execute('stop');
    await qmp.execute('cont');
    const [stopped, resumed] = [(await stop).at, (await resume).at];
    assert.ok(before - 0.001 <= stopped && stopped <= resumed && resumed <= Date.now() / 1000 + 0.001);
  }),
);

here('answers go to their commands, and a refusal is told in QEMU’s words', () =>
  withQemu(async qmp => {
    const [status, refused, version] = await Promise.allSettled([
      qmp.execute('query-status'),
      qmp.execute('no-such-command'),
      qmp.execute('query-version'),
    ]);
    assert.is((status as PromiseFulfilledResult<{ status: string }>).value.status, 'running');
    assert.match(String((refused as PromiseRejectedResult).reason), /no-such-command.*not been found/);
    assert.ok('qemu' in (version as PromiseFulfilledResult<object>).value);
  }),
);

here('whoever waits is told when QEMU dies', () =>
  withQemu(async (qmp, end) => {
    const never = qmp.next('RESUME');
    end();
    await never.then(
      () => assert.unreachable(),
      error => assert.match(String(error), /control socket/),
    );
    await qmp.execute('stop').then(
      () => assert.unreachable(),
      error => assert.match(String(error), /control socket/),
    );
  }),
);

test('a QEMU that is not there is not waited for', async () => {
  await Qmp.connect('/nonexistent/socket', () => false).then(
    () => assert.unreachable(),
    error => assert.match(error.message, /QEMU does not listen at \/nonexistent\/socket/),
  );
});

test.run();
