import type netPing from 'net-ping';
import type { Done, Session } from 'net-ping';
import type { Millis } from '../../src/core/sample.js';

/** net-ping drops a request at its timeout, so its timeout is longer than the time for which probes in flight are kept. */
const EXTRA_TIMEOUT_MS: Millis = 11_000;

/** net-ping's errors that stand for an ICMP error; its other named ones leave the probe to its timeout. */
const UNREACHABLE = new Set(['DestinationUnreachableError', 'TimeExceededError']);

/** What became of one request. */
export type Result =
  | { kind: 'answered'; from: string; ttl?: number }
  | { kind: 'unreachable'; from: string }
  | { kind: 'unsent'; reason: string };

/**
 * One net-ping session. All targets of a family share its socket, because every raw socket receives every reply, so the
 * numbers on the wire count over all of them. net-ping reports neither the source of a reply nor its TTL nor when a request
 * left: those are taken from its socket, as near to the system calls as possible.
 */
export class NetPingSession {
  private readonly session: Session;
  private readonly leaving = new Map<Done, () => void>();
  private arrival: { from: string; ttl?: number } = { from: '' };

  /** Throws if the kernel refuses a raw socket. */
  constructor(library: typeof netPing, family: 4 | 6, timeoutMs: Millis, onError: (error: Error) => void) {
    this.session = library.createSession({
      networkProtocol: library.NetworkProtocol[family === 6 ? 'IPv6' : 'IPv4'],
      retries: 0,
      timeout: timeoutMs + EXTRA_TIMEOUT_MS,
      packetSize: 64,
    });
    this.session.on('error', onError);
    // A raw IPv4 socket receives the IP header, which has the TTL in its ninth byte; an IPv6 socket does not.
    this.session.socket.prependListener('message', (packet: Buffer, from: string) => {
      this.arrival = { from, ...(family === 4 && packet.length > 8 && { ttl: packet[8]! }) };
    });
    const before = this.session.onBeforeSocketSend;
    this.session.onBeforeSocketSend = request => {
      before.call(this.session, request);
      this.leaving.get(request.callback)?.();
    };
  }

  request(address: string, onLeave: () => void, done: (result: Result) => void): void {
    const finished: Done = error => {
      this.leaving.delete(finished);
      if (!error) done({ kind: 'answered', ...this.arrival });
      else if (UNREACHABLE.has(error.name)) done({ kind: 'unreachable', from: error.source! });
      else if (error.name === 'Error') done({ kind: 'unsent', reason: error.message });
    };
    this.leaving.set(finished, onLeave);
    this.session.pingHost(address, finished);
  }

  close(): void {
    this.session.close();
  }
}
