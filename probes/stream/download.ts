import { once } from 'node:events';
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { get as getSecurely, Agent as SecureAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../../src/core/sample.js';

/** What to fetch, and from which local address. */
export interface DownloadPlan {
  url: string;
  /** Size of one request, if the server supports ranges. */
  pieceBytes: number;
  localAddress?: string;
  family?: 4 | 6;
}

/** Receives what a download reports. */
export interface DownloadPorts {
  received(bytes: number): void;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** An attempt failed, and another follows. */
  failed(why: string): void;
}

/** How long a player waits. */
export interface DownloadTimeouts {
  /** For a response, and for more data of it. */
  answerMs: Millis;
  dataMs: Millis;
  /** After a failure. Each further failure doubles it, up to the longest. */
  retryMs: Millis;
  longestRetryMs: Millis;
}

/** Those of Shaka Player 4: `connectionTimeout`, `stallTimeout`, `baseDelay` and `backoffFactor`. */
const SHAKA: DownloadTimeouts = { answerMs: 10_000, dataMs: 5000, retryMs: 1000, longestRetryMs: 8000 };
const BACKOFF = 2;
/** The shortest time from piece to piece, so that a short file does not cause a flood of requests. */
const MIN_PIECE_MS: Millis = 250;
const MAX_REDIRECTS = 5;
const PLAYLIST = /mpegurl|dash\+xml/i;

/** Fetches a URL in a loop, piece by piece, while there is room; starts again after an end or a failure. */
export class Download {
  private readonly ending = new AbortController();
  private readonly agents = [new Agent({ keepAlive: true }), new SecureAgent({ keepAlive: true })] as const;
  private readonly finished: Promise<void>;
  /** Where the next piece begins. */
  private from = 0;
  /** This attempt has received data. */
  private hasData = false;
  private current: ClientRequest | IncomingMessage | undefined;

  constructor(
    private readonly plan: DownloadPlan,
    private readonly ports: DownloadPorts,
    private readonly timeouts = SHAKA,
  ) {
    this.finished = this.run();
  }

  /** Resolves when everything has stopped. */
  async close(): Promise<void> {
    this.ending.abort();
    this.current?.destroy(new Error('closed'));
    await this.finished;
    for (const agent of this.agents) agent.destroy();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const { retryMs, longestRetryMs } = this.timeouts;
    let retryAfter = retryMs;
    for (await this.ports.room(); !signal.aborted; await this.ports.room()) {
      const paced = this.pause(MIN_PIECE_MS);
      this.hasData = false;
      try {
        await this.fetch(new URL(this.plan.url), MAX_REDIRECTS);
        retryAfter = retryMs;
      } catch (error) {
        if (signal.aborted) return;
        this.ports.failed(wordsFor(error as NodeJS.ErrnoException));
        if (this.hasData) retryAfter = retryMs;
        await this.pause(retryAfter);
        retryAfter = Math.min(longestRetryMs, BACKOFF * retryAfter);
      }
      await paced;
    }
  }

  private pause(ms: Millis): Promise<void> {
    return sleep(ms, undefined, { signal: this.ending.signal }).catch(() => {});
  }

  private async fetch(url: URL, redirects: number): Promise<void> {
    const response = await this.answer(url);
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      response.destroy();
      if (redirects === 0) throw new Error('too many redirects');
      await this.fetch(new URL(headers.location, url), redirects - 1);
    } else if (PLAYLIST.test(headers['content-type'] ?? '')) {
      response.destroy();
      throw new Error('a playlist: name a media file');
    } else if (status === 206) await this.readPiece(response);
    else if (status === 200) await this.readAll(response);
    else {
      response.destroy();
      const shrank = status === 416 && this.from > 0;
      this.from = 0;
      if (!shrank) throw new Error(`HTTP ${status}`);
    }
  }

  private async answer(url: URL): Promise<IncomingMessage> {
    const { localAddress, family, pieceBytes } = this.plan;
    const headers = {
      'user-agent': 'migwatch',
      'accept-encoding': 'identity',
      range: `bytes=${this.from}-${this.from + pieceBytes - 1}`,
    };
    const [plain, secure] = this.agents;
    const options = { localAddress, family, headers };
    const request =
      url.protocol === 'https:'
        ? getSecurely(url, { ...options, agent: secure })
        : get(url, { ...options, agent: plain });
    // A connection that breaks later is reported by the response as well.
    request.on('error', () => {});
    const limit = this.limit(request, this.timeouts.answerMs, 'no answer');
    try {
      const [response] = await once(request, 'response');
      return response;
    } finally {
      clearTimeout(limit);
    }
  }

  private async readPiece(response: IncomingMessage): Promise<void> {
    const end = Number(/\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1] ?? Infinity);
    for await (const bytes of this.chunks(response)) this.from += bytes;
    if (this.from >= end) this.from = 0;
  }

  /** Reads a whole file or a live stream. Unread data waits in the kernels and in the server. */
  private async readAll(response: IncomingMessage): Promise<void> {
    this.from = 0;
    for await (const bytes of this.chunks(response)) {
      await this.pause((MIN_PIECE_MS * bytes) / this.plan.pieceBytes);
      await this.ports.room();
    }
  }

  /** Yields the sizes of the chunks. The timeout does not run while the consumer pauses. */
  private async *chunks(response: IncomingMessage): AsyncGenerator<number> {
    let limit = this.limit(response, this.timeouts.dataMs, 'no data');
    try {
      for await (const chunk of response) {
        clearTimeout(limit);
        const { length } = chunk as Buffer;
        this.hasData = true;
        this.ports.received(length);
        yield length;
        this.ending.signal.throwIfAborted();
        limit = this.limit(response, this.timeouts.dataMs, 'no data');
      }
    } finally {
      clearTimeout(limit);
    }
  }

  /** Destroys a request or response that takes longer than `ms`. `close` destroys it too. */
  private limit(exchange: ClientRequest | IncomingMessage, ms: Millis, what: string): NodeJS.Timeout {
    this.current = exchange;
    return setTimeout(() => exchange.destroy(new Error(`${what} for ${ms / 1000} s`)), ms);
  }
}

/** The words for an error. Node says `aborted` when a body ends too early. */
function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  return message === 'aborted' ? 'cut off' : (code ?? message);
}
