/** What we use of net-ping 1.2, which comes without types. */
declare module 'net-ping' {
  import type { EventEmitter } from 'node:events';

  export enum NetworkProtocol {
    IPv4 = 1,
    IPv6 = 2,
  }

  export interface SessionOptions {
    networkProtocol?: NetworkProtocol;
    /** Bytes of ICMP, header included. */
    packetSize?: number;
    retries?: number;
    /** The identifier on the wire. */
    sessionId?: number;
    /** ms */
    timeout?: number;
    ttl?: number;
  }

  export type Done = (error: (Error & { source?: string }) | null) => void;

  export interface Request {
    callback: Done;
  }

  export interface Session extends EventEmitter {
    /** Of raw-socket; its `message` carries the packet, and the address that it came from. */
    readonly socket: EventEmitter;
    /** Is called directly before sendto(2). */
    onBeforeSocketSend(request: Request): void;
    pingHost(address: string, done: Done): this;
    close(): this;
  }

  export function createSession(options: SessionOptions): Session;
  const netPing: { createSession: typeof createSession; NetworkProtocol: typeof NetworkProtocol };
  export default netPing;
}
