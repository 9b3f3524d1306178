import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-extensions', '--hide-scrollbars'],
  ...['--remote-debugging-pipe', '--force-device-scale-factor=1', '--disable-dev-shm-usage'],
];
/** Ends what hangs, on a busy machine too. */
const LIMIT_MS = 240_000;

type Fields = Record<string, unknown>;
interface Message {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: Fields;
  result?: Fields;
  error?: { message: string };
}

/** A headless Chromium, driven by the DevTools protocol over a pipe: neither a port nor a package is needed. */
export class Browser {
  private readonly child: ChildProcess;
  private readonly profile = mkdtempSync(join(tmpdir(), 'migwatch-browser-'));
  private readonly waiting = new Map<
    number,
    { resolve: (result: Fields) => void; reject: (e: Error) => void }
  >();
  private readonly pages = new Map<string, BrowserPage>();
  private calls = 0;
  private rest = '';

  constructor() {
    this.child = spawn('chromium', [...FLAGS, `--user-data-dir=${this.profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    (this.child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.read(text));
  }

  /** An empty page of this size. */
  async page(width: number, height: number, scheme: 'light' | 'dark'): Promise<BrowserPage> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage((method, params) => this.call(method, params, sessionId as string));
    this.pages.set(sessionId as string, page);
    for (const domain of ['Page', 'Runtime', 'Log']) await page.call(`${domain}.enable`);
    const mobile = width < 600;
    await page.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await page.call('Emulation.setEmulatedMedia', { features });
    return page;
  }

  async close(): Promise<void> {
    const ended = new Promise(resolve => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10 });
  }

  private call(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    const id = ++this.calls;
    const message = { id, method, params, ...(sessionId !== undefined && { sessionId }) };
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the browser does not answer ${method}`)), LIMIT_MS);
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          then(value);
        };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
    });
  }

  private read(text: string): void {
    const messages = (this.rest + text).split('\0');
    this.rest = messages.pop()!;
    for (const json of messages) this.take(JSON.parse(json) as Message);
  }

  private take({ id, method, sessionId, params, result, error }: Message): void {
    if (id === undefined) this.pages.get(sessionId ?? '')?.event(method!, params!);
    const call = this.waiting.get(id ?? 0);
    this.waiting.delete(id ?? 0);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result!);
  }
}

/** A page of the browser. */
export class BrowserPage {
  /** Errors on the console, exceptions and violations of the policy. */
  readonly complaints: string[] = [];
  private loaded: () => void = () => {};

  constructor(readonly call: (method: string, params?: Fields) => Promise<Fields>) {}

  async open(path: string): Promise<void> {
    const loaded = new Promise<void>(resolve => {
      this.loaded = resolve;
    });
    await this.call('Page.navigate', { url: `file://${path}` });
    await loaded;
  }

  /** The value of an expression in the page; promises are awaited. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      ...{ expression, returnByValue: true, awaitPromise: true },
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  }

  /** Waits until an expression is true, at the pace of the page's frames. */
  async until(expression: string): Promise<void> {
    const isTrue = await this.evaluate(`new Promise(done => {
      const end = performance.now() + ${LIMIT_MS / 2};
      const check = () =>
        (${expression}) ? done(true) : performance.now() > end ? done(false) : requestAnimationFrame(check);
      check();
    })`);
    if (!isTrue)
      throw new Error(`${expression} does not become true; the player shows: ${await this.player()}`);
  }

  /** What the player shows, for messages. */
  private player(): Promise<string> {
    return this.evaluate(`['now', 'window'].map(id => document.getElementById(id)?.textContent).join(' | ')`);
  }

  /** Presses and releases a key, as a user does. */
  async key(key: string, code = key): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', key, code, ...KEY_CODES[key], ...text });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code, ...KEY_CODES[key] });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.call('Page.captureScreenshot', { captureBeyondViewport: false });
    return Buffer.from(data as string, 'base64');
  }

  event(method: string, params: Fields): void {
    if (method === 'Page.loadEventFired') this.loaded();
    if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params.exceptionDetails));
    if (
      method === 'Runtime.consoleAPICalled' &&
      ['error', 'warning', 'assert'].includes(params.type as string)
    )
      this.complaints.push(JSON.stringify(params.args));
    if (method === 'Log.entryAdded') this.complaints.push(JSON.stringify(params.entry));
  }
}

const KEY_CODES: Readonly<Record<string, Fields>> = {
  Tab: { windowsVirtualKeyCode: 9 },
  Enter: { windowsVirtualKeyCode: 13, text: '\r' },
  Home: { windowsVirtualKeyCode: 36 },
  End: { windowsVirtualKeyCode: 35 },
  ArrowLeft: { windowsVirtualKeyCode: 37 },
  ArrowRight: { windowsVirtualKeyCode: 39 },
};
