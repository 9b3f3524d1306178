import type { Protection } from '../../../src/core/wire/answers.js';

/** The first bytes of a stream. In TCP, the client is the side that connected. */
export interface Opening {
  transport: 'tcp' | 'udp' | 'esp';
  client: Uint8Array;
  server: Uint8Array;
  serverPort: number;
  /** Of the first datagram on the wire; its capture may be shorter. 0 in TCP. */
  length: number;
}

export interface Recognition {
  protection: Protection;
  /** `yes`: it is a migration; `possible`: it may carry one, which cannot be decided without its keys; `no`: it is something else. */
  migration: 'yes' | 'possible' | 'no';
  /** What was read in it, each in a few words. The texts come from the stream and are ASCII. */
  details: readonly string[];
  /** Bytes within the stream that prove that it carries a migration. */
  proof?: Uint8Array;
}

/** One protocol, by its first bytes. Pure. */
export interface Recogniser {
  name: string;
  /** What it looks for, and where that is defined. */
  looksFor: string;
  /** Undefined for another protocol, and until there are enough bytes. Called again as more bytes come. */
  recognise(opening: Opening): Recognition | undefined;
}
