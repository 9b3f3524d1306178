/** A press of a mouse button or a turn of the wheel, at a cell; 0, 0 is the upper left. */
export interface MousePress {
  what: 'click' | 'wheelUp' | 'wheelDown';
  column: number;
  row: number;
}

/** Turns reports of presses and wheel in decimal numbers on (xterm's modes 1000 and 1006), and off. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';

const REPORT = /\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])/g;
/** The start of a report whose rest has not arrived yet. */
const BEGUN = /\x1b\[<[\d;]{0,17}$/;
/** Shift, Meta and Control. */
const MODIFIERS = 4 | 8 | 16;
const BUTTONS: Readonly<Record<number, MousePress['what']>> = { 0: 'click', 64: 'wheelUp', 65: 'wheelDown' };

/** Splits terminal input into typed text and mouse presses; `rest` is an incomplete report to prepend to the next input. */
export function parseInput(text: string): { typed: string; presses: MousePress[]; rest: string } {
  const rest = BEGUN.exec(text)?.[0] ?? '';
  const whole = text.slice(0, text.length - rest.length);
  const presses = [...whole.matchAll(REPORT)].flatMap(([, button, column, row, end]) => {
    const what = BUTTONS[Number(button) & ~MODIFIERS];
    return what && end === 'M' ? [{ what, column: Number(column) - 1, row: Number(row) - 1 }] : [];
  });
  return { typed: whole.replace(REPORT, ''), presses, rest };
}
