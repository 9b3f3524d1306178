import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { TerminalOutput } from '../../src/system/terminal.js';
import type { Picture } from '../../src/ui/dashboard/picture.js';
import { Screen, type ScreenOptions } from '../../src/ui/dashboard/screen.js';
import { FakeTerminal } from './xterm.js';

/** Draws pictures by way of blessed on a terminal emulator, without a process of their own. */
export class DrawnScreen {
  readonly terminal: FakeTerminal;
  raw = '';
  private readonly screen: Screen;

  constructor(columns: number, rows: number, options: ScreenOptions) {
    this.terminal = new FakeTerminal(columns, rows);
    const output = Object.assign(new EventEmitter(), {
      ...{ columns, rows, isTTY: true, writable: true },
      write: (text: string) => {
        this.raw += text;
        this.terminal.write(text);
        return true;
      },
      end: (farewell: () => void) => farewell(),
    });
    this.screen = new Screen(
      output as unknown as TerminalOutput,
      new PassThrough() as unknown as ReadStream,
      options,
    );
  }

  /** The text of the screen after the picture was drawn. */
  async show(picture: Picture): Promise<string> {
    this.screen.show(picture);
    await this.terminal.settled();
    return this.terminal.text();
  }

  close(): void {
    this.screen.end();
    this.terminal.dispose();
  }
}
