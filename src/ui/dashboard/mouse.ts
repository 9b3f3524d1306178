/** What the mouse did, at a cell counted from the upper left, which is 0, 0. */
export interface MousePress {
  what: 'click' | 'wheelUp' | 'wheelDown';
  column: number;
  row: number;
}

/** What a terminal is told to report presses, and wheel, in decimal numbers (xterm's modes 1000 and 1006); and to stop. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';

const REPORT = /\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])/g;
/** The beginning of a report whose rest has not come yet. */
const BEGUN = /\x1b\[<[\d;]{0,17}$/;
/** Shift, Meta and Control. */
const MODIFIERS = 4 | 8 | 16;
const BUTTONS: Readonly<Record<number, MousePress['what']>> = { 0: 'click', 64: 'wheelUp', 65: 'wheelDown' };

/** Parts what a terminal sent into what was typed and what the mouse did; `rest` belongs before what comes next. */
export function partInput(text: string): { typed: string; presses: MousePress[]; rest: string } {
  const rest = BEGUN.exec(text)?.[0] ?? '';
  const whole = text.slice(0, text.length - rest.length);
  const presses = [...whole.matchAll(REPORT)].flatMap(([, button, column, row, end]) => {
    const what = BUTTONS[Number(button) & ~MODIFIERS];
    return what && end === 'M' ? [{ what, column: Number(column) - 1, row: Number(row) - 1 }] : [];
  });
  return { typed: whole.replace(REPORT, ''), presses, rest };
}
