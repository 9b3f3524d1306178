import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { type MousePress, parseInput } from './mouse.js';

/** A keyboard without mouse reports, which make blessed lose keys or read half a report as keys. */
export class KeyInput extends PassThrough {
  readonly isTTY = true;
  onMouse: (press: MousePress) => void = () => {};
  private rest = '';

  constructor(private readonly keyboard: ReadStream) {
    super();
    keyboard.on('data', chunk => this.received(chunk));
  }

  get isRaw(): boolean {
    return this.keyboard.isRaw;
  }

  setRawMode(raw: boolean): void {
    this.keyboard.setRawMode?.(raw);
  }

  /** Byte by byte: a chunk may end within a character. */
  private received(chunk: Buffer | string): void {
    const text = typeof chunk === 'string' ? Buffer.from(chunk).toString('latin1') : chunk.toString('latin1');
    const { typed, presses, rest } = parseInput(this.rest + text);
    this.rest = rest;
    if (typed !== '') this.write(Buffer.from(typed, 'latin1'));
    for (const press of presses) this.onMouse(press);
  }
}
