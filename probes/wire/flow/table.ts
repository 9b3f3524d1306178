import type { Millis } from '../../../src/core/sample.js';
import { addressOf, portOf } from '../ends.js';
import { type Packet, TCP, UDP } from '../packet.js';
import { recognise } from '../protocols/index.js';
import { Flow, isRequest, type SearchOptions, type Side } from './flow.js';

/** The maximum of connections at once; beyond it, those without packets for longest are dropped. */
const MAX_FLOWS = 4000;
const KEPT_FLOWS = 3000;
/** A connection without packets for this long counts as ended. */
const SILENCE_MS: Millis = 60_000;
const SWEEP_MS: Millis = 500;
/** The lowest port that systems give to clients. */
const FIRST_CLIENT_PORT = 32_768;

/** All connections of a capture. */
export class FlowTable {
  private readonly flows = new Map<string, Flow>();
  private sweptAt: Millis = -Infinity;

  constructor(
    private readonly options: SearchOptions,
    /** Receives a transfer that is over, before its state is reset. */
    private readonly over: (flow: Flow) => void,
  ) {}

  get size(): number {
    return this.flows.size;
  }

  /** The connections that are open. */
  get open(): Iterable<Flow> {
    return this.flows.values();
  }

  take(packet: Packet): void {
    const there = packet.source + packet.destination;
    const back = packet.destination + packet.source;
    const key = this.flows.has(there) ? there : back;
    const known = this.flows.get(key);
    if (known && !(packet.protocol === TCP && isRequest(packet) && known.bytes[0] > 0)) {
      if (known.hasPaused(packet.at)) this.finish(known, packet.at);
      known.take(packet, sideOf(known, packet));
      if (known.isClosed) this.close(key, known);
    } else {
      if (known) this.close(key, known);
      this.add(packet, there);
    }
    if (packet.at - this.sweptAt > SWEEP_MS) this.sweep(packet.at);
  }

  /** Ends the connections and transfers that have been idle for too long at this moment. */
  sweep(at: Millis): void {
    this.sweptAt = at;
    for (const [key, flow] of this.flows)
      if (flow.hasPaused(at)) this.finish(flow, at);
      else if (at - flow.seenAt > SILENCE_MS) this.close(key, flow);
  }

  /** Ends all. */
  end(): void {
    for (const [key, flow] of this.flows) this.close(key, flow);
  }

  private add(packet: Packet, key: string): void {
    if (!isWorthKeeping(packet)) return;
    if (this.flows.size >= MAX_FLOWS) this.giveUpSilent();
    const isServer = packet.protocol === TCP && !isRequest(packet) && comesFromServer(packet);
    const [client, server] = isServer
      ? [packet.destination, packet.source]
      : [packet.source, packet.destination];
    const flow = new Flow(packet, client, server, this.options);
    this.flows.set(key, flow);
    flow.take(packet, sideOf(flow, packet));
  }

  private giveUpSilent(): void {
    const oldest = [...this.flows].sort(([, a], [, b]) => a.seenAt - b.seenAt);
    for (const [key, flow] of oldest.slice(0, this.flows.size - KEPT_FLOWS)) this.close(key, flow);
  }

  private finish(flow: Flow, at: Millis): void {
    this.over(flow);
    flow.beginTransfer(at);
  }

  private close(key: string, flow: Flow): void {
    this.flows.delete(key);
    this.over(flow);
  }
}

function sideOf({ client }: Flow, { source }: Packet): Side {
  return source === client ? 0 : 1;
}

/** TCP is of interest once it asks for a connection or carries something; UDP only as a tunnel. */
function isWorthKeeping(packet: Packet): boolean {
  if (packet.protocol === UDP) return isTunnel(packet);
  return packet.length > 0 || (packet.protocol === TCP && isRequest(packet));
}

const NOTHING = Buffer.alloc(0);

function isTunnel({ source, destination, payload, length }: Packet): boolean {
  // Either side may send first.
  return [destination, source].some(
    server =>
      recognise({
        ...{ transport: 'udp', client: payload, server: NOTHING },
        ...{ serverPort: portOf(server), length },
      }) !== undefined,
  );
}

/** Of a connection whose beginning was not seen: the side with a port that clients do not get is the server. */
function comesFromServer({ source, destination }: Packet): boolean {
  const [from, to] = [portOf(source), portOf(destination)];
  return from < FIRST_CLIENT_PORT !== to < FIRST_CLIENT_PORT ? from < to : false;
}

/** The ends of a connection without the client's port: all channels of a migration share them. */
export function endsOf({ client, server, transport }: Flow): string {
  return `${transport} ${addressOf(client)} ${server}`;
}
