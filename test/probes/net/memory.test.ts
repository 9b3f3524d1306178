import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadLibc } from '../../../probes/net/libc.js';
import { Memory } from '../../../probes/net/memory.js';
import { AF, socketAddress } from '../../../probes/net/socket.js';
import { needing } from '../../support/needs.js';
import { Drive } from '../icmp/drive.js';

const test = suite('memory that system calls see');
const asRoot = needing(test, { root: true });

/** Loads a module of the probes in a program of its own. */
const module = (path: string) => JSON.stringify(new URL(`../../../probes/${path}`, import.meta.url).href);

test('two sockaddrs of one address are two memories', async () => {
  const libc = await loadLibc();
  const [one, other] = [socketAddress(libc, '10.1.2.3', 4), socketAddress(libc, '10.1.2.3', 4)];
  assert.is(Buffer.from(one.bytes).toString('hex'), '020000000a0102030000000000000000');
  one.bytes.fill(255);
  assert.is(Buffer.from(other.bytes).toString('hex'), '020000000a0102030000000000000000');
  assert.is(socketAddress(libc, 'fe80::1%lo', 6).view.getUint32(24, true), libc.if_nametoindex('lo'));
});

test('a call reads and writes no more than the bytes that it is given', async () => {
  const libc = await loadLibc();
  const fd = libc.socket(AF[4], 2, 0);
  const { bytes } = new Memory(64);
  bytes.fill(7);
  assert.is(libc.getsockname(fd, bytes.subarray(8, 12)), 0);
  assert.is(Buffer.from(bytes.subarray(0, 16)).toString('hex'), '07070707070707070200000007070707');
  assert.is(libc.bind(fd, socketAddress(libc, '127.0.0.1', 4).bytes.subarray(0, 8)), -1);
  assert.is(libc.errorName(), 'EINVAL');
  libc.close(fd);
});

test('pointers in a memory follow it through collections', () => {
  const program = `
    const { loadLibc } = await import(${module('net/libc.js')});
    const { Inbox } = await import(${module('net/inbox.js')});
    const { attachFilter, keep } = await import(${module('net/filter.js')});
    const { socketAddress } = await import(${module('net/socket.js')});
    const libc = await loadLibc();
    const inbox = new Inbox(libc);
    let received = 0;
    for (let round = 0; round < 50; round++) {
      const fd = libc.socket(2, 2 | 0o4000, 0);
      libc.bind(fd, socketAddress(libc, '127.0.0.1', 4).bytes);
      const own = new Uint8Array(16);
      libc.getsockname(fd, own);
      if (!attachFilter(libc, fd, [keep(256)])) throw new Error('the filter was refused');
      libc.sendto(fd, Uint8Array.of(round, 1, 2), 0, own);
      new Array(1000).fill(0).map(() => new ArrayBuffer(512).slice());
      gc();
      received += inbox.receive(fd, 0);
      if (inbox.view.getUint8(inbox.data(0)) !== round || inbox.length(0) !== 3) throw new Error('other bytes came');
      libc.close(fd);
    }
    console.log(received);`;
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, MALLOC_PERTURB_: '165' },
  });
  assert.is(output.trim(), '50');
});

test('finding out how targets are reached takes no memory that stays', () => {
  const program = `
    const { isOnSegment } = await import(${module('announce.js')});
    const look = async times => {
      for (let i = 0; i < times; i++) await isOnSegment({ address: '127.1.' + (i % 250) + '.1', family: 4 });
      gc();
      return process.memoryUsage.rss();
    };
    const before = await look(500);
    console.log(((await look(3000)) - before) / 1e6);`;
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  assert.ok(Number(output) < 12, `${output} MB more after 3,000 more targets`);
});

asRoot('a target that goes to and fro between two addresses is asked at each', async () => {
  const targets = ['vm', 'beside'].map(id => ({ id, address: '127.0.0.1', family: 4 as const, phaseMs: 0 }));
  const drive = await Drive.start({ backend: 'icmp-raw', targets, intervalMs: 10, timeoutMs: 1000 });
  const replies = () => drive.outcomes('reply', 'vm').length;
  for (let turn = 0; turn < 20; turn++) {
    drive.order('readdress', 'vm', turn % 2 === 0 ? '127.0.0.2' : '127.0.0.1', 4);
    const before = replies();
    await drive.until(() => replies() > before + 3, 'replies at the other address');
  }
  await drive.stop();
  assert.equal(drive.notices, []);
  assert.is(drive.outcomes('unsent').length, 0);
  const kinds = new Set(drive.of('beside').map(({ outcome }) => outcome.kind));
  assert.equal([...kinds], ['reply'], 'one that has had the same address goes on');
});

test.run();
