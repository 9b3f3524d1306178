import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const GREETING = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } }, capabilities: [] } };

/** What a peer answers to a command; a text is sent as it is, `undefined` is silence. */
type Answers = Record<string, unknown>;

/** The answers of an idle QEMU. */
export const IDLE: Answers = {
  qmp_capabilities: {},
  'query-name': { name: 'web' },
  'query-status': { status: 'running', running: true, singlestep: false },
  'query-migrate': {},
  'query-migrate-capabilities': [{ capability: 'events', state: true }],
  'query-migrate-parameters': { 'tls-creds': '' },
  'query-chardev': [],
};

/** A QMP server on a unix socket that answers as a test wants: for peers that QEMU cannot be made to be. */
export async function fakeQmp(
  answers: Answers = IDLE,
  { greeting = JSON.stringify(GREETING), greetingEnd = '\n' } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-fake-'));
  const path = join(folder, 'vm.qmp');
  const commands: string[] = [];
  const peers = new Set<Socket>();
  const server = createServer(peer => {
    peers.add(peer);
    peer.on('close', () => peers.delete(peer)).on('error', () => {});
    if (greeting !== '') peer.write(greeting + greetingEnd);
    createInterface(peer)
      .on('error', () => {})
      .on('line', line => {
        const { execute, id } = JSON.parse(line);
        commands.push(execute);
        const answer = answers[execute];
        if (typeof answer === 'string') peer.write(`${answer}\n`);
        else if (answer !== undefined) peer.write(`${JSON.stringify({ return: answer, id })}\n`);
      });
  });
  await new Promise<void>(done => server.listen(path, done));
  return {
    path,
    answers,
    commands,
    write: (line: string) => void [...peers].map(peer => peer.write(`${line}\n`)),
    /** Without the end of a line. */
    raw: (text: string) => void [...peers].map(peer => peer.write(text)),
    event: (event: string, data: object = {}, at = Date.now()) => {
      const timestamp = { seconds: Math.floor(at / 1000), microseconds: (at % 1000) * 1000 };
      for (const peer of peers) peer.write(`${JSON.stringify({ event, data, timestamp })}\n`);
    },
    cut: () => void [...peers].map(peer => peer.destroy()),
    close: async () => {
      for (const peer of peers) peer.destroy();
      await new Promise(done => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
