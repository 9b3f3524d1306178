import { once } from 'node:events';
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { get as getSecurely, Agent as SecureAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../../src/core/sample.js';

/** What to fetch, and from which side of this machine. */
export interface DownloadPlan {
  url: string;
  /** Asked for at a time, where the server knows ranges. */
  pieceBytes: number;
  localAddress?: string;
  family?: 4 | 6;
}

/** Where what is fetched goes. */
export interface DownloadPorts {
  received(bytes: number): void;
  /** Resolves when more may be fetched. */
  room(): Promise<void>;
  /** What keeps the stream from coming. It is tried again. */
  failed(why: string): void;
}

/** How long a player waits before it tries again. */
export interface DownloadTimeouts {
  /** For an answer, and for more of it. */
  answerMs: Millis;
  dataMs: Millis;
  /** After a failure; twice as long after each one more, up to the longest. */
  retryMs: Millis;
  longestRetryMs: Millis;
}

/** That of Shaka Player 4: `connectionTimeout`, `stallTimeout`, `baseDelay` and `backoffFactor`. */
const SHAKA: DownloadTimeouts = { answerMs: 10_000, dataMs: 5000, retryMs: 1000, longestRetryMs: 8000 };
const BACKOFF = 2;
/** A piece takes at least so long: neither is the target flooded, nor asked all the time for a file that is short. */
const MIN_PIECE: Millis = 250;
const MAX_REDIRECTS = 5;
const PLAYLIST = /mpegurl|dash\+xml/i;

/** Fetches a URL over and over, piece by piece, as long as there is room; goes on after an end or a failure. */
export class Download {
  private readonly ending = new AbortController();
  private readonly agents = [new Agent({ keepAlive: true }), new SecureAgent({ keepAlive: true })] as const;
  private readonly finished: Promise<void>;
  /** Where the next piece begins. */
  private from = 0;
  /** Something came in this attempt. */
  private came = false;
  private going: ClientRequest | IncomingMessage | undefined;

  constructor(
    private readonly plan: DownloadPlan,
    private readonly ports: DownloadPorts,
    private readonly patience = SHAKA,
  ) {
    this.finished = this.run();
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.ending.abort();
    this.going?.destroy(new Error('closed'));
    await this.finished;
    for (const agent of this.agents) agent.destroy();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const { retryMs, longestRetryMs } = this.patience;
    let retryAfter = retryMs;
    for (await this.ports.room(); !signal.aborted; await this.ports.room()) {
      const paced = this.rest(MIN_PIECE);
      this.came = false;
      try {
        await this.fetch(new URL(this.plan.url), MAX_REDIRECTS);
        retryAfter = retryMs;
      } catch (error) {
        if (signal.aborted) return;
        this.ports.failed(wordsFor(error as NodeJS.ErrnoException));
        if (this.came) retryAfter = retryMs;
        await this.rest(retryAfter);
        retryAfter = Math.min(longestRetryMs, BACKOFF * retryAfter);
      }
      await paced;
    }
  }

  private rest(ms: Millis): Promise<void> {
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
    const limit = this.limit(request, this.patience.answerMs, 'no answer');
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

  /** A whole file, or a live stream: what is not read waits in the kernels, and in the server. */
  private async readAll(response: IncomingMessage): Promise<void> {
    this.from = 0;
    for await (const bytes of this.chunks(response)) {
      await this.rest((MIN_PIECE * bytes) / this.plan.pieceBytes);
      await this.ports.room();
    }
  }

  /** The sizes of what comes. While its reader rests, nothing is late. */
  private async *chunks(response: IncomingMessage): AsyncGenerator<number> {
    let limit = this.limit(response, this.patience.dataMs, 'no data');
    try {
      for await (const chunk of response) {
        clearTimeout(limit);
        const { length } = chunk as Buffer;
        this.came = true;
        this.ports.received(length);
        yield length;
        this.ending.signal.throwIfAborted();
        limit = this.limit(response, this.patience.dataMs, 'no data');
      }
    } finally {
      clearTimeout(limit);
    }
  }

  /** Ends what goes on when it takes too long, or all is over. */
  private limit(going: ClientRequest | IncomingMessage, ms: Millis, what: string): NodeJS.Timeout {
    this.going = going;
    return setTimeout(() => going.destroy(new Error(`${what} for ${ms / 1000} s`)), ms);
  }
}

/** Of what went wrong. `aborted` is how Node calls a body that ends too early. */
function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  return message === 'aborted' ? 'cut off' : (code ?? message);
}
