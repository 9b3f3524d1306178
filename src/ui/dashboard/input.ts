import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { type MousePress, partInput } from './mouse.js';

/** A keyboard without what the mouse says in between: blessed would lose keys to it, or take half a report for keys. */
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

  /** Byte by byte: what is typed may be cut within a character. */
  private received(chunk: Buffer | string): void {
    const text = typeof chunk === 'string' ? Buffer.from(chunk).toString('latin1') : chunk.toString('latin1');
    const { typed, presses, rest } = partInput(this.rest + text);
    this.rest = rest;
    if (typed !== '') this.write(Buffer.from(typed, 'latin1'));
    for (const press of presses) this.onMouse(press);
  }
}
