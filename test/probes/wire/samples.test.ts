import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCaptureFile } from '../../../probes/wire/read-file.js';
import type { WireStream } from '../../../src/core/wire/stream.js';
import { InputFile } from '../../../src/system/input-file.js';

/** Samples of captures of real migrations and of look-alikes, cut to a few kB; `test/bench/wire.ts` makes them. */
const FOLDER = fileURLToPath(new URL('../../../../test/probes/wire/samples/', import.meta.url));

const test = suite('wire: samples of real traffic');

function streamsIn(name: string): WireStream[] {
  const streams: WireStream[] = [];
  const file = new InputFile(`${FOLDER}${name}.pcap`);
  const { error } = readCaptureFile(file, {}, stream => void streams.push(stream));
  file.close();
  assert.is(error, undefined);
  return streams;
}

/** What is expected of the largest stream; the bytes are those of the capture that the sample is cut from, ± 1 MB. */
const EXPECTED: Readonly<Record<string, { is: Partial<WireStream>; reads?: RegExp; megabytes: number }>> = {
  'tcp-in-clear': {
    is: { protocol: 'qemu', protection: 'clear', migration: 'yes', channels: 1 },
    reads: /machine pc-q35-7\.2.*RAM pc\.ram/,
    megabytes: 10.7,
  },
  'ipv6-in-clear': { is: { protection: 'clear', migration: 'yes' }, megabytes: 10.7 },
  'post-copy-in-clear': { is: { protection: 'clear', migration: 'yes' }, megabytes: 10.6 },
  'multifd-in-clear': {
    is: { protocol: 'qemu', protection: 'clear', migration: 'yes', channels: 4 },
    reads: /multifd.*UUID 6d696777-6174-6368/,
    megabytes: 10.7,
  },
  'tls-1-2': {
    is: { protection: 'tls', migration: 'likely' },
    reads: /TLS 1\.2.*certificate O=Lab, CN=host-b\.example, expires 202\d-/,
    megabytes: 10.7,
  },
  'tls-1-3': {
    is: { protection: 'tls', migration: 'likely' },
    reads: /TLS 1\.3.*hides the certificate/,
    megabytes: 10.7,
  },
  'tls-1-3-multifd': { is: { protection: 'tls', migration: 'likely', channels: 3 }, megabytes: 10.7 },
  'ssh-tunnel': { is: { protection: 'ssh', migration: 'no' }, reads: /SSH-2\.0-OpenSSH/, megabytes: 10.7 },
  'ssh-copy': { is: { protection: 'ssh', migration: 'no' }, megabytes: 8 },
  iperf3: { is: { protocol: 'iperf3', migration: 'no' }, megabytes: 16.5 },
  'nbd-copy': { is: { protocol: 'nbd', migration: 'no' }, megabytes: 8 },
  'https-download': { is: { protection: 'tls', migration: 'no' }, megabytes: 8 },
  'http-upload': { is: { protocol: 'http', migration: 'no' }, megabytes: 8 },
  'random-bytes-on-the-port': { is: { protocol: 'unknown', migration: 'no' }, megabytes: 8 },
};

for (const [name, { is, reads, megabytes }] of Object.entries(EXPECTED))
  test(name, () => {
    const [stream] = streamsIn(name).sort((a, b) => b.bytes - a.bytes);
    const found = Object.fromEntries(Object.keys(is).map(key => [key, stream![key as keyof WireStream]]));
    assert.equal(found, is);
    if (reads) assert.match(stream!.details.join(' · '), reads);
    assert.ok(Math.abs(stream!.bytes / 1e6 - megabytes) < 1, `${stream!.bytes} bytes`);
  });

test('every sample has its expectation', () => {
  const names = readdirSync(FOLDER).map(name => name.replace(/\.pcap$/, ''));
  assert.equal(names.sort(), Object.keys(EXPECTED).sort());
});

test.run();
