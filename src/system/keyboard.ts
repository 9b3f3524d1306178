import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { openKeyboard } from './terminal.js';

/** Keys by the names of the key table, such as `q`, `S-r`, `C-c`; the terminal does not act on any of them itself. */
export class Keyboard {
  private readonly stream: ReadStream = openKeyboard();
  private readonly listener: (character: string | undefined, key: Key) => void;

  constructor(pressed: (key: string) => void) {
    this.listener = (character, key) => pressed(nameOf(character, key));
    emitKeypressEvents(this.stream);
    this.stream.on('keypress', this.listener);
    // After a hangup the read fails before SIGHUP arrives; the signal ends the session.
    this.stream.on('error', () => {});
    this.take();
  }

  /** Sets raw mode, so that keys come one by one; also after a stop, during which the shell changed the mode. */
  take(): void {
    this.stream.setRawMode(false);
    this.stream.setRawMode(true);
    this.stream.resume();
  }

  /** Lets the terminal collect lines again. */
  release(): void {
    this.stream.setRawMode(false);
    this.stream.pause();
  }

  close(): void {
    this.release();
    this.stream.off('keypress', this.listener);
    if ((this.stream as unknown) !== process.stdin) this.stream.destroy();
  }
}

function nameOf(character: string | undefined, { ctrl, meta, shift, name }: Key): string {
  return `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${shift ? 'S-' : ''}${name ?? character ?? ''}`;
}
