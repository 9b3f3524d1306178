import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Millis } from '../../src/core/sample.js';
import type { DateAnswer } from './tick.js';

/** IMF-fixdate, the only form that a server may send (RFC 9110, section 5.6.7). */
const FIXDATE = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;
/** Headers of an answer that another machine than the server gave or kept (RFC 9110, RFC 9111, RFC 9211). */
const BETWEEN = ['age', 'via', 'x-cache', 'cache-status', 'cf-cache-status'];

/** An answer whose time is not that of the target's own clock. */
export class NotItsClock extends Error {}

/** Asks one server for its `Date` over one connection that is kept. */
export class DateAsker {
  private readonly agent: Agent | SecureAgent;
  private readonly secure: boolean;
  private current: ClientRequest | undefined;
  /** How long it took lately until a request could leave: a server that closes connections needs a new one each time. */
  leadMs: Millis = 0;

  constructor(
    private readonly url: string,
    private readonly from: { localAddress?: string; family?: 4 | 6 },
    private readonly timeoutMs: Millis,
    private readonly now: () => Millis,
  ) {
    this.secure = new URL(url).protocol === 'https:';
    this.agent = new (this.secure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: 1 });
  }

  /** Rejects with NotItsClock for an answer of a cache or a proxy, and with the system's error where there is none. */
  ask(): Promise<DateAnswer> {
    return new Promise((resolve, reject) => {
      const beganAt = this.now();
      let sentAt = beganAt;
      const asked = (this.secure ? secureRequest : request)(this.url, {
        ...{ method: 'HEAD', agent: this.agent, ...this.from },
        headers: { 'user-agent': 'migwatch', 'cache-control': 'no-cache, no-store' },
      });
      this.current = asked;
      const limit = setTimeout(
        () => asked.destroy(new Error(`no answer for ${this.timeoutMs} ms`)),
        this.timeoutMs,
      );
      asked.once('socket', socket => {
        const connected = () => (sentAt = this.now());
        if (socket.connecting) socket.once(this.secure ? 'secureConnect' : 'connect', connected);
      });
      asked.once('response', (response: IncomingMessage) => {
        const receivedAt = this.now();
        this.leadMs = sentAt - beganAt;
        clearTimeout(limit);
        response.resume();
        try {
          resolve({ sentAt, receivedAt, dateMs: dateOf(response.headers) });
        } catch (error) {
          reject(error);
        }
      });
      asked.once('error', error => {
        clearTimeout(limit);
        reject(error);
      });
      asked.end();
    });
  }

  close(): void {
    this.current?.destroy();
    this.agent.destroy();
  }
}

/** The server's time. Throws a NotItsClock where the headers show another machine's, or none. */
export function dateOf(headers: IncomingHttpHeaders): Millis {
  const between = BETWEEN.find(name => headers[name] !== undefined);
  if (between !== undefined)
    throw new NotItsClock(
      `its answers come through a cache or proxy (header ${between}), whose clock is another`,
    );
  const { date = '' } = headers;
  const dateMs = FIXDATE.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(dateMs)) throw new NotItsClock('its answers have no valid Date header');
  return dateMs;
}
